//! The fields of a run. Every format names them the same.

use super::value::Value;
use execlog::{ExecutionContext, RunEntry, is_magellan_id};
use std::collections::BTreeMap;

macro_rules! fields {
    ($($name:ident: $header:literal, |$run:ident| $value:expr;)*) => {
        /// A field of a run.
        #[allow(non_camel_case_types, reason = "users write these names")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
        #[clap(rename_all = "verbatim")]
        pub(crate) enum Field {
            $(#[clap(alias = $header)] $name,)*
        }

        impl Field {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The header of its column in a table. `--fields` takes it too, in any case.
            pub(crate) fn header(self) -> &'static str {
                match self {
                    $(Self::$name => $header,)*
                }
            }

            pub(crate) fn of(self, run: &RunEntry) -> Value {
                match self {
                    $(Self::$name => {
                        let $run = run;
                        $value
                    })*
                }
            }
        }
    };
}

fields! {
    id: "NUMBER", |run| Value::Integer(run.record.id);
    execution_id: "EXECUTION_ID", |run| Value::Text(run.record.execution_id.clone());
    // `Listed` shortens it.
    short_id: "RUN", |run| Value::Text(run.record.execution_id.clone());
    status: "STATUS", |run| Value::Status(run.status());
    note: "NOTE", |run| run.note().into();
    command: "COMMAND", |run| run.record.command().into();
    args: "ARGUMENTS", |run| Value::List(arguments(run));
    tool_version: "VERSION", |run| Value::Text(run.record.tool_version.clone());
    root: "ROOT", |run| run.record.root.clone().into();
    db_path: "DATABASE", |run| Value::Text(run.record.db_path.clone());
    started_at: "STARTED", |run| Value::Time(started_at_ms(run));
    finished_at: "FINISHED", |run| finished_at_ms(run).map_or(Value::Nothing, Value::Time);
    duration_ms: "DURATION", |run| duration(run);
    outcome: "OUTCOME", |run| Value::Text(run.record.outcome.clone());
    error_message: "ERROR", |run| run.record.error_message.clone().into();
    files_indexed: "FILES", |run| Value::Integer(run.record.files_indexed);
    symbols_indexed: "SYMBOLS", |run| Value::Integer(run.record.symbols_indexed);
    references_indexed: "REFERENCES", |run| Value::Integer(run.record.references_indexed);
    program: "PROGRAM", |run| of(run, |context| context.program.clone());
    process_id: "PROCESS", |run| of(run, |context| context.process_id);
    exit_code: "EXIT", |run| of(run, |context| context.exit_code);
    host: "HOST", |run| of(run, |context| context.host.clone());
    user: "USER", |run| of(run, |context| context.user.clone());
    working_directory: "FOLDER", |run| of(run, |context| context.working_directory.clone());
    parent_execution_id: "PARENT", |run| of(run, |context| context.parent_execution_id.clone());
    revision: "REVISION", |run| of(run, |context| context.revision.clone());
    branch: "BRANCH", |run| of(run, |context| context.branch.clone());
    labels: "LABELS", |run| of(run, |context| {
        some(&context.labels, BTreeMap::is_empty).map(Value::Labels)
    });
    counters: "COUNTERS", |run| of(run, |context| {
        some(&context.counters, BTreeMap::is_empty).map(Value::Counters)
    });
    phases: "PHASES", |run| of(run, |context| {
        some(&context.phases, Vec::is_empty).map(Value::Phases)
    });
    cpu_ms: "CPU", |run| of(run, |context| context.cpu_ms.map(Value::Millis));
    peak_memory_bytes: "MEMORY", |run| of(run, |context| context.peak_memory_bytes.map(Value::Bytes));
    trace_id: "TRACE", |run| of(run, |context| context.trace_id.clone());
    pin: "PIN", |run| of(run, |context| context.pin.clone().map(Value::Pin));
    // `Listed` knows it.
    log: "LOG", |_run| Value::Nothing;
}

/// A copy of the collection, or `None` if it is empty.
fn some<C: Clone>(collection: &C, is_empty: fn(&C) -> bool) -> Option<C> {
    (!is_empty(collection)).then(|| collection.clone())
}

/// The value of a field of the context.
fn of<T: Into<Value>>(run: &RunEntry, field: impl FnOnce(&ExecutionContext) -> Option<T>) -> Value {
    let field = run.context.as_deref().and_then(field);
    field.map_or(Value::Nothing, Into::into)
}

/// The arguments. If `args` is not a JSON list, its text is the only one.
pub(crate) fn arguments(run: &RunEntry) -> Vec<String> {
    let args = run.record.arguments();
    args.unwrap_or_else(|_| vec![run.record.args.clone()])
}

fn duration(run: &RunEntry) -> Value {
    match run.record.duration_ms {
        None => Value::Nothing,
        Some(took) if is_approximate(run) => Value::AboutMillis(took),
        Some(took) => Value::Millis(took),
    }
}

/// Whether the duration may be up to a second too long.
fn is_approximate(run: &RunEntry) -> bool {
    let record = &run.record;
    is_of_magellan(
        &record.execution_id,
        record.started_at,
        run.context.as_deref(),
    )
}

/// Whether magellan recorded the run: it cuts the start to the second and not the end. Told by the id.
pub(crate) fn is_of_magellan(
    execution_id: &str,
    started_at: i64,
    context: Option<&ExecutionContext>,
) -> bool {
    // A pinned run of magellan has a context that knows no process.
    let has_process = context.is_some_and(|context| context.process_id.is_some());
    !has_process && is_magellan_id(execution_id, started_at)
}

/// When the run began, in milliseconds since 1970. Without a context, to the second.
pub(crate) fn started_at_ms(run: &RunEntry) -> i64 {
    match &run.context {
        Some(context) => context.started_at_ms,
        None => run.record.started_at.saturating_mul(1000),
    }
}

/// When the run ended, in milliseconds since 1970. Without a context, to the second.
pub(crate) fn finished_at_ms(run: &RunEntry) -> Option<i64> {
    let finished_at = run.record.finished_at?;
    let exact = run.context.as_ref().and_then(|context| context.ended_at_ms);
    Some(exact.unwrap_or(finished_at.saturating_mul(1000)))
}

#[cfg(test)]
mod tests {
    use super::Field;
    use clap::ValueEnum;
    use std::collections::HashSet;

    #[test]
    fn every_heading_names_its_field_alone() {
        let mut names = HashSet::new();
        for field in Field::ALL {
            for name in [field.header(), &field.header().to_lowercase(), field.name()] {
                assert_eq!(Field::from_str(name, true), Ok(*field), "{name}");
            }
            assert!(names.insert(field.header()), "{}", field.header());
        }
    }
}
