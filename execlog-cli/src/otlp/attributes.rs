//! The attributes of spans and of their resource.
//!
//! Names of OpenTelemetry's semantic conventions: `process.*` of [CLI
//! programs](https://opentelemetry.io/docs/specs/semconv/cli/cli-spans/), `error.type`, `vcs.*`, `service.*` and
//! `host.name`. What they have no name for is `execlog.` and the name of the field in `--fields`.

use super::message::{AnyValue, KeyValue};
use crate::runs::fields::{arguments, is_of_magellan};
use execlog::{ExecutionContext, Phase, RunEntry, Status};
use std::path::Path;

/// What OpenTelemetry calls a service without a name.
const UNKNOWN_SERVICE: &str = "unknown_service";

/// Attributes in order. No two have the same key.
#[derive(Debug, Default)]
struct Attributes(Vec<KeyValue>);

impl Attributes {
    /// Adds the attribute if there is a value and the key is not taken.
    fn add(&mut self, key: impl Into<String>, value: Option<impl Into<AnyValue>>) {
        let key = key.into();
        if let Some(value) = value.filter(|_| !self.has(&key)) {
            let value = value.into();
            self.0.push(KeyValue { key, value });
        }
    }

    fn has(&self, key: &str) -> bool {
        self.0.iter().any(|attribute| attribute.key == key)
    }
}

/// The file name of the program of a run.
pub(super) fn program(run: &RunEntry) -> Option<&str> {
    let context = run.context.as_deref();
    let program = context.and_then(|context| some(context.program.as_deref()));
    let record = &run.record;
    program.or_else(|| {
        is_of_magellan(&record.execution_id, record.started_at, context).then_some("magellan")
    })
}

/// The class of error that the run ended with. `None` for a run that succeeded.
pub(super) fn error_type(run: &RunEntry) -> Option<&'static str> {
    match run.status() {
        status @ (Status::Error | Status::Partial | Status::Crashed) => Some(status.as_str()),
        _ => None,
    }
}

/// The attributes of the program and the host.
pub(super) fn of_resource(run: &RunEntry) -> Vec<KeyValue> {
    let context = run.context.as_deref();
    let host = context.and_then(|context| context.host.as_deref());
    let mut attributes = Attributes::default();
    let service = program(run).unwrap_or(UNKNOWN_SERVICE);
    attributes.add("service.name", Some(service));
    attributes.add("service.version", some(Some(&run.record.tool_version)));
    attributes.add("host.name", some(host));
    attributes.0
}

/// The attributes of the span of a run.
pub(super) fn of_run(run: &RunEntry) -> Vec<KeyValue> {
    let record = &run.record;
    let context = run.context.as_deref();
    let text = |field: fn(&ExecutionContext) -> &Option<String>| {
        some(context.and_then(|context| field(context).as_deref()))
    };
    let number = |field: fn(&ExecutionContext) -> Option<i64>| context.and_then(field);
    let count = |count: i64| Some(count).filter(|count| *count != 0);

    let mut attributes = Attributes::default();
    attributes.add("process.executable.name", program(run));
    attributes.add("process.pid", number(|context| context.process_id));
    attributes.add("process.exit.code", number(|context| context.exit_code));
    attributes.add("process.command_args", command_line(run));
    attributes.add(
        "process.working_directory",
        text(|context| &context.working_directory),
    );
    attributes.add("process.owner", text(|context| &context.user));
    attributes.add("error.type", error_type(run));
    attributes.add("vcs.ref.head.revision", text(|context| &context.revision));
    attributes.add("vcs.ref.head.name", text(|context| &context.branch));

    attributes.add("execlog.execution_id", Some(&*record.execution_id));
    attributes.add("execlog.status", Some(run.status().as_str()));
    attributes.add("execlog.command", some(record.command().as_deref()));
    attributes.add("execlog.root", some(record.root.as_deref()));
    attributes.add("execlog.db_path", some(Some(&record.db_path)));
    attributes.add("execlog.files_indexed", count(record.files_indexed));
    attributes.add("execlog.symbols_indexed", count(record.symbols_indexed));
    attributes.add(
        "execlog.references_indexed",
        count(record.references_indexed),
    );
    attributes.add("execlog.cpu_ms", number(|context| context.cpu_ms));
    attributes.add(
        "execlog.peak_memory_bytes",
        number(|context| context.peak_memory_bytes),
    );
    attributes.add(
        "execlog.parent_execution_id",
        text(|context| &context.parent_execution_id),
    );
    for (name, count) in context.iter().flat_map(|context| &context.counters) {
        attributes.add(format!("execlog.counters.{name}"), Some(*count));
    }
    for (name, value) in context.iter().flat_map(|context| &context.labels) {
        let is_free = !name.is_empty() && !attributes.has(name);
        let key = if is_free {
            name.clone()
        } else {
            format!("execlog.labels.{name}")
        };
        attributes.add(key, Some(value.as_str()));
    }
    attributes.0
}

/// The attributes of the span of a phase.
pub(super) fn of_phase(phase: &Phase) -> Vec<KeyValue> {
    let mut attributes = Attributes::default();
    attributes.add("execlog.phase.times", Some(phase.times));
    attributes.0
}

/// The program and its arguments. `execlog record` stores the program as the first argument, and hosts do not.
fn command_line(run: &RunEntry) -> Option<Vec<String>> {
    let program = program(run)?;
    let mut line = arguments(run);
    let first = line.first().and_then(|first| Path::new(first).file_name());
    if first.is_none_or(|first| first != program) {
        line.insert(0, program.to_owned());
    }
    Some(line)
}

/// The text, unless it is empty.
fn some(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}
