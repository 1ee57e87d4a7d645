//! Writes a run as a Chrome trace, which Perfetto and Chrome open.

use crate::failure::Failure;
use crate::output::json::json_lines;
use crate::runs::fields::{Field, started_at_ms};
use execlog::{Phase, RunEntry};
use serde_json::{Value, json};

/// The trace of a run: an event for the run and one for each phase. A phase that was measured several times
/// has one event with the sum of its times. Phases that overlap without nesting are on tracks of their own.
/// Fails if the run has no duration.
pub(super) fn of(run: &RunEntry) -> Result<String, Failure> {
    let Some(took) = run.record.duration_ms else {
        let id = &run.record.execution_id;
        return Err(Failure::failed(format!(
            "the run `{id}` has no duration: choose a run that ended"
        )));
    };
    let context = run.context.as_ref();
    let process = context.and_then(|context| context.process_id).unwrap_or(1);
    let began = started_at_ms(run).saturating_mul(1000);
    let whole = Span::new(0, took.saturating_mul(1000));
    let command = run.record.command().unwrap_or_else(|| "run".to_owned());
    let program = context.and_then(|context| context.program.as_ref());
    let mut events = vec![
        json!({
            "name": "process_name",
            "ph": "M",
            "pid": process,
            "tid": 1,
            "args": {"name": program.unwrap_or(&command)},
        }),
        event(&command, "run", whole, &of_run(run)),
    ];
    let mut tracks = vec![Track(vec![whole.end])];
    let phases = context.map_or(&[][..], |context| &context.phases);
    let mut phases: Vec<_> = phases
        .iter()
        .map(|phase| (Span::of(phase), phase))
        .collect();
    // An outer phase comes before an inner one that begins with it.
    phases.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    for (span, phase) in phases {
        let track = tracks.iter_mut().position(|track| track.takes(span));
        let track = track.unwrap_or_else(|| {
            tracks.push(Track(vec![span.end]));
            tracks.len() - 1
        });
        let times = json!({"times": phase.times});
        let mut event = event(&phase.name, "phase", span, &times);
        event["tid"] = (track + 1).into();
        events.push(event);
    }
    for event in events.iter_mut().skip(1) {
        let after = event["ts"].as_i64().unwrap_or(0);
        event["ts"] = began.saturating_add(after).into();
        event["pid"] = process.into();
    }
    let trace = json!({"traceEvents": events, "displayTimeUnit": "ms"});
    Ok(json_lines(&trace)? + "\n")
}

/// A time in a run, in microseconds after its begin.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: i64,
    end: i64,
}

impl Span {
    fn new(start: i64, took: i64) -> Self {
        let start = start.max(0);
        let end = start.saturating_add(took.max(0));
        Self { start, end }
    }

    fn of(phase: &Phase) -> Self {
        Self::new(phase.started_after_us, phase.duration_us)
    }
}

/// The ends of the events that enclose the next one, the innermost last.
#[derive(Debug)]
struct Track(Vec<i64>);

impl Track {
    /// Adds the span if it begins after the events of this track, or lies within them. Spans come in the
    /// order of their starts.
    fn takes(&mut self, span: Span) -> bool {
        let ended = self.0.iter().rev().take_while(|end| **end <= span.start);
        let open = self.0.len() - ended.count();
        let is_nested = open == 0 || span.end <= self.0[open - 1];
        if is_nested {
            self.0.truncate(open);
            self.0.push(span.end);
        }
        is_nested
    }
}

/// A complete event on the first track. Its time is counted from the begin of the run.
fn event(name: &str, category: &str, span: Span, args: &Value) -> Value {
    json!({
        "name": name,
        "cat": category,
        "ph": "X",
        "ts": span.start,
        "dur": span.end - span.start,
        "tid": 1,
        "args": args,
    })
}

fn of_run(run: &RunEntry) -> Value {
    const FIELDS: [Field; 5] = [
        Field::execution_id,
        Field::status,
        Field::args,
        Field::labels,
        Field::counters,
    ];
    let fields = FIELDS.map(|field| (field.name().to_owned(), field.of(run).into_json()));
    fields.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{Span, Track};

    #[test]
    fn a_track_takes_what_nests_or_comes_later() {
        let mut track = Track(vec![100]);
        let mut takes = |start, took| track.takes(Span::new(start, took));
        assert!(takes(0, 50), "within the first");
        assert!(takes(10, 20), "within the second");
        assert!(!takes(20, 40), "overlaps two");
        assert!(takes(30, 20), "after the inner one");
        assert!(takes(60, 40), "after the second");
        assert!(!takes(90, 20), "longer than the first");
        assert!(takes(100, 20), "after all");
    }
}
