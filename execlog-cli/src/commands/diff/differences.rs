//! Finds the fields in which two runs differ.

use crate::runs::fields::Field;
use crate::runs::value::Value;
use execlog::{ExecutionContext, RunEntry};
use std::collections::BTreeSet;

/// The fields that are compared. Ids, processes, times and paths of the log differ between any two runs.
const FIELDS: [Field; 17] = [
    Field::args,
    Field::status,
    Field::exit_code,
    Field::error_message,
    Field::duration_ms,
    Field::files_indexed,
    Field::symbols_indexed,
    Field::references_indexed,
    Field::tool_version,
    Field::program,
    Field::root,
    Field::revision,
    Field::branch,
    Field::working_directory,
    Field::host,
    Field::user,
    Field::parent_execution_id,
];

/// A field with different values.
#[derive(Debug, PartialEq)]
pub(super) struct Difference {
    /// Its name, as in `--format json`. A label, counter or phase has its name after a dot.
    pub(super) field: String,
    pub(super) a: Value,
    pub(super) b: Value,
}

/// The fields in which the runs differ, in the order in which they are shown.
pub(super) fn between(a: &RunEntry, b: &RunEntry) -> Vec<Difference> {
    let of_record = FIELDS.map(|field| Difference {
        field: field.name().to_owned(),
        a: field.of(a),
        b: field.of(b),
    });
    let nothing = ExecutionContext::default();
    let contexts = [a, b].map(|run| run.context.as_deref().unwrap_or(&nothing));
    let of_context = cost(contexts)
        .chain(phases(contexts))
        .chain(counters(contexts))
        .chain(labels(contexts));
    let all = of_record.into_iter().chain(of_context);
    all.filter(|field| field.a != field.b).collect()
}

type Contexts<'a> = [&'a ExecutionContext; 2];

fn cost(contexts: Contexts<'_>) -> impl Iterator<Item = Difference> {
    let [cpu_a, cpu_b] = contexts.map(|context| context.cpu_ms);
    let [memory_a, memory_b] = contexts.map(|context| context.peak_memory_bytes);
    let cpu = difference("cpu_ms", cpu_a, cpu_b, Value::Millis);
    let memory = difference("peak_memory_bytes", memory_a, memory_b, Value::Integer);
    [cpu, memory].into_iter()
}

/// The phases, to the millisecond.
fn phases<'a>(contexts: Contexts<'a>) -> impl Iterator<Item = Difference> + 'a {
    let name = |context: &'a ExecutionContext| context.phases.iter().map(|phase| &phase.name);
    let names = names(contexts.map(name));
    names.into_iter().map(move |name| {
        let [a, b] = contexts.map(|context| {
            let phase = context.phases.iter().find(|phase| phase.name == *name);
            phase.map(|phase| phase.duration_us / 1000)
        });
        difference(&format!("phases.{name}"), a, b, Value::Millis)
    })
}

fn counters(contexts: Contexts<'_>) -> impl Iterator<Item = Difference> + '_ {
    let names = names(contexts.map(|context| context.counters.keys()));
    names.into_iter().map(move |name| {
        let [a, b] = contexts.map(|context| context.counters.get(name).copied());
        difference(&format!("counters.{name}"), a, b, Value::Integer)
    })
}

fn labels(contexts: Contexts<'_>) -> impl Iterator<Item = Difference> + '_ {
    let names = names(contexts.map(|context| context.labels.keys()));
    names.into_iter().map(move |name| {
        let [a, b] = contexts.map(|context| context.labels.get(name).cloned());
        difference(&format!("labels.{name}"), a, b, Value::Text)
    })
}

/// The names that either run has, sorted.
fn names<'a>(both: [impl Iterator<Item = &'a String>; 2]) -> BTreeSet<&'a String> {
    both.into_iter().flatten().collect()
}

fn difference<T>(field: &str, a: Option<T>, b: Option<T>, value: fn(T) -> Value) -> Difference {
    Difference {
        field: field.to_owned(),
        a: a.map_or(Value::Nothing, value),
        b: b.map_or(Value::Nothing, value),
    }
}
