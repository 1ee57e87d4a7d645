//! A run and its phases as spans.

use super::attributes;
use super::ids::Ids;
use super::message::{
    InstrumentationScope, Resource, ResourceSpans, ScopeSpans, Span, SpanKind, Status,
};
use crate::runs::fields::{finished_at_ms, started_at_ms};
use execlog::{Phase, RunEntry, Status as RunStatus};

/// Why there is no span of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoSpan {
    /// The run goes on, or nobody knows whether it does. A span has an end.
    NotEnded,
    /// A time of the run is before 1970 or after 2262.
    TimeOutOfRange,
}

/// The name of what has none: a span must have one.
const UNNAMED: &str = "unnamed";

/// The message of a run that crashed. `execlog settle` writes the same into the record.
const CRASHED: &str = "the process ended without saying how: it was killed or it crashed";

/// The span of a run, and after it those of its phases.
pub(crate) fn spans_of(run: &RunEntry) -> Result<ResourceSpans, NoSpan> {
    let interval = Interval::of(run)?;
    let ids = Ids::of(run);
    let mut spans = Vec::with_capacity(1 + phases(run).len());
    spans.push(Span {
        trace_id: ids.trace.clone(),
        id: ids.span.clone(),
        parent_span_id: ids.parent.clone(),
        name: name_of(run),
        kind: SpanKind::Internal,
        start_time_unix_nano: nanoseconds(interval.start)?,
        end_time_unix_nano: nanoseconds(interval.end)?,
        attributes: attributes::of_run(run),
        status: status(run),
    });
    for (index, phase) in phases(run).iter().enumerate() {
        let Interval { start, end } = Interval::of_phase(phase, interval.start);
        spans.push(Span {
            trace_id: ids.trace.clone(),
            id: ids.of_phase(index),
            parent_span_id: Some(ids.span.clone()),
            name: named(Some(phase.name.clone())),
            kind: SpanKind::Internal,
            start_time_unix_nano: nanoseconds(start)?,
            end_time_unix_nano: nanoseconds(end)?,
            attributes: attributes::of_phase(phase),
            status: Status::Unset,
        });
    }
    Ok(ResourceSpans {
        resource: Resource {
            attributes: attributes::of_resource(run),
        },
        scope_spans: [ScopeSpans {
            scope: InstrumentationScope {
                name: "execlog",
                version: env!("CARGO_PKG_VERSION"),
            },
            spans,
        }],
    })
}

/// A time from start to end, in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Interval {
    start: i64,
    end: i64,
}

impl Interval {
    /// The time of a run. The duration is exact, where the clock of the end may have been set since the start.
    /// A run that crashed has neither duration nor end: it ends with its last phase, or as it begins.
    fn of(run: &RunEntry) -> Result<Self, NoSpan> {
        let is_open = matches!(run.record.outcome(), Ok(None));
        if is_open && run.status() != RunStatus::Crashed {
            return Err(NoSpan::NotEnded);
        }
        let start_ms = started_at_ms(run);
        let duration = run.record.duration_ms;
        let end_ms = duration.map(|took| start_ms.saturating_add(took));
        let start = start_ms.saturating_mul(1000);
        let end_ms = end_ms.or_else(|| finished_at_ms(run));
        let end = end_ms.map(|end_ms| end_ms.saturating_mul(1000));
        let of_phases = phases(run).iter();
        let of_phases = of_phases.map(|phase| Self::of_phase(phase, start).end);
        let end = end.or_else(|| of_phases.max()).unwrap_or(start);
        Ok(Self {
            start,
            end: end.max(start),
        })
    }

    /// The time of a phase, from its first begin. Its end is that of the sum of its times.
    fn of_phase(phase: &Phase, start_of_run: i64) -> Self {
        let start = start_of_run.saturating_add(phase.started_after_us.max(0));
        let end = start.saturating_add(phase.duration_us.max(0));
        Self { start, end }
    }
}

/// Nanoseconds since 1970. The protocol has 64 bits without a sign, but collectors compute with a sign.
fn nanoseconds(microseconds: i64) -> Result<u64, NoSpan> {
    let nanoseconds = microseconds.checked_mul(1000);
    nanoseconds
        .and_then(|nanoseconds| u64::try_from(nanoseconds).ok())
        .ok_or(NoSpan::TimeOutOfRange)
}

fn phases(run: &RunEntry) -> &[Phase] {
    let context = run.context.as_deref();
    context.map_or(&[], |context| &context.phases)
}

fn name_of(run: &RunEntry) -> String {
    let program = attributes::program(run).map(str::to_owned);
    named(program.or_else(|| run.record.command()))
}

fn named(name: Option<String>) -> String {
    let name = name.filter(|name| !name.is_empty());
    name.unwrap_or_else(|| UNNAMED.to_owned())
}

fn status(run: &RunEntry) -> Status {
    if attributes::error_type(run).is_none() {
        return Status::Unset;
    }
    let message = run.record.error_message.clone();
    let message = message.filter(|message| !message.is_empty());
    let is_crashed = run.status() == RunStatus::Crashed;
    Status::Error {
        message: message.or_else(|| is_crashed.then(|| CRASHED.to_owned())),
    }
}
