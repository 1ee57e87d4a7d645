//! The ids of spans. They are made of what is stored, so that a run that is sent again has the same ids.

use execlog::{ExecutionContext, RunEntry, traceparent};
use sha2::{Digest, Sha256};

/// The ids of the span of a run, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) trace: String,
    pub(super) span: String,
    /// The span of the parent, if that is known and in the same trace.
    pub(super) parent: Option<String>,
}

impl Ids {
    pub(super) fn of(run: &RunEntry) -> Self {
        let context = run.context.as_deref();
        let trace_id = context.and_then(|context| context.trace_id.as_deref());
        let (trace, span) = trace_and_span(&run.record.execution_id, trace_id);
        let parent = context.and_then(|context| parent_in(&trace, context));
        Self {
            trace,
            span,
            parent,
        }
    }

    /// The id of the span of a phase: of the place of the phase among those of its run, which never changes.
    pub(super) fn of_phase(&self, index: usize) -> String {
        let Self { trace, span, .. } = self;
        let digest = Sha256::digest(format!("{trace}-{span}-{index}"));
        let id = digest.iter().take(8);
        let id = id.fold(0_u64, |id, byte| id << 8 | u64::from(*byte));
        // A span of zeros is invalid.
        format!("{:016x}", id.max(1))
    }
}

/// The trace and the span of a run, as it gives them to the programs that it starts.
fn trace_and_span(execution_id: &str, trace_id: Option<&str>) -> (String, String) {
    let traceparent = traceparent(execution_id, trace_id);
    let mut parts = traceparent.split('-').skip(1).map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    (part(), part())
}

/// The span of the parent in the trace of the run.
///
/// A parent that is named by its execution id has its span in this trace if the run began with a
/// `TRACEPARENT`: a run passes on its id and its trace together.
fn parent_in(trace: &str, context: &ExecutionContext) -> Option<String> {
    let parent = context.parent_execution_id.as_deref()?;
    if let Some((of_trace, span)) = span_of(parent) {
        return (of_trace == trace).then(|| span.to_owned());
    }
    let is_traced = context.trace_id.as_deref() == Some(trace);
    is_traced.then(|| trace_and_span(parent, None).1)
}

/// The trace and the span of a parent that a `TRACEPARENT` named. `None` for an execution id.
fn span_of(parent: &str) -> Option<(&str, &str)> {
    let (trace, span) = parent.split_once('-')?;
    let is_id = |id: &str, digits: usize| {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        id.len() == digits && id.bytes().all(is_digit) && id.bytes().any(|byte| byte != b'0')
    };
    (is_id(trace, 32) && is_id(span, 16)).then_some((trace, span))
}
