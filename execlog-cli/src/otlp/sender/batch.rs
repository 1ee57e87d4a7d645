//! Requests with the spans of runs.

use super::Delivery;
use crate::otlp::{NoSpan, spans_of};
use execlog::RunEntry;

/// A request without spans. A collector accepts it.
pub(super) const EMPTY: &str = r#"{"resourceSpans":[]}"#;

/// The most that a request has, in bytes, unless a single run has more. Collectors take up to 20 MiB.
const LARGEST: usize = 4 * 1024 * 1024;

/// Runs for one request: their places in what is sent, and their spans as JSON.
#[derive(Debug, Default)]
pub(super) struct Batch {
    runs: Vec<(usize, String)>,
    bytes: usize,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    pub(super) fn has_room_for(&self, spans: &str) -> bool {
        self.is_empty() || self.bytes + spans.len() <= LARGEST
    }

    pub(super) fn add(&mut self, index: usize, spans: String) {
        self.bytes += spans.len();
        self.runs.push((index, spans));
    }

    pub(super) fn request(&self) -> String {
        let spans: Vec<_> = self.runs.iter().map(|(_, spans)| spans.as_str()).collect();
        request_of(&spans)
    }

    /// The place of each run, and a request with it alone.
    pub(super) fn one_by_one(&self) -> impl Iterator<Item = (usize, String)> {
        let runs = self.runs.iter();
        runs.map(|(index, spans)| (*index, request_of(&[spans])))
    }
}

/// The spans of a run and its phases, as a part of a request.
/// Without spans, what becomes of the run.
pub(super) fn spans_in_json(run: &RunEntry) -> Result<String, Delivery> {
    let refused = |reason: String| Err(Delivery::Refused(reason));
    match spans_of(run) {
        Ok(spans) => serde_json::to_string(&spans).or_else(|error| refused(error.to_string())),
        Err(NoSpan::NotEnded) => Err(Delivery::NotEnded),
        Err(NoSpan::TimeOutOfRange) => {
            refused("it has a time before 1970 or after 2262".to_owned())
        }
    }
}

fn request_of(spans: &[&str]) -> String {
    let spans = spans.join(",");
    format!(r#"{{"resourceSpans":[{spans}]}}"#)
}
