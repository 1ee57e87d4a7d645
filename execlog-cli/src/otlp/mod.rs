//! Runs as spans of OpenTelemetry, in the JSON of its protocol OTLP.
//!
//! `span` turns a run and its phases into spans, `ids` has their ids, and `attributes` their names and values
//! by the semantic conventions. `message` is what the protocol transmits. docs/otlp.md tells users the same.
//! `sender` posts spans to a collector.

mod attributes;
mod ids;
mod message;
#[cfg(feature = "otlp")]
pub(crate) mod sender;
mod span;

pub(crate) use message::ExportTraceServiceRequest;
pub(crate) use span::{NoSpan, spans_of};
