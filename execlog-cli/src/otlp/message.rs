//! The messages of OTLP that carry spans, serialised by protobuf's JSON mapping as OTLP restricts it: 64-bit
//! integers are strings, enum values are integers, and ids are hexadecimal. Absent fields are left out.
//!
//! The names are those of `opentelemetry/proto/collector/trace/v1/trace_service.proto` and of what it imports.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::fmt::Display;

/// What a collector receives at once, and a line of a file for its file receiver.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportTraceServiceRequest {
    pub(crate) resource_spans: Vec<ResourceSpans>,
}

/// The spans of one program on one host.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResourceSpans {
    pub(super) resource: Resource,
    pub(super) scope_spans: [ScopeSpans; 1],
}

#[derive(Debug, Serialize)]
pub(super) struct Resource {
    pub(super) attributes: Vec<KeyValue>,
}

#[derive(Debug, Serialize)]
pub(super) struct ScopeSpans {
    pub(super) scope: InstrumentationScope,
    pub(super) spans: Vec<Span>,
}

/// What made the spans: this program.
#[derive(Debug, Serialize)]
pub(super) struct InstrumentationScope {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Span {
    pub(super) trace_id: String,
    #[serde(rename = "spanId")]
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_span_id: Option<String>,
    pub(super) name: String,
    pub(super) kind: SpanKind,
    #[serde(serialize_with = "decimal")]
    pub(super) start_time_unix_nano: u64,
    #[serde(serialize_with = "decimal")]
    pub(super) end_time_unix_nano: u64,
    pub(super) attributes: Vec<KeyValue>,
    pub(super) status: Status,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum SpanKind {
    Internal = 1,
}

impl Serialize for SpanKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

/// The status of a span. Success is `Unset`: `Ok` is reserved for people who overrule an instrumentation.
#[derive(Debug)]
pub(super) enum Status {
    Unset,
    Error { message: Option<String> },
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const ERROR: u8 = 2;
        let mut status = serializer.serialize_struct("Status", 2)?;
        if let Self::Error { message } = self {
            if let Some(message) = message {
                status.serialize_field("message", message)?;
            }
            status.serialize_field("code", &ERROR)?;
        }
        status.end()
    }
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct KeyValue {
    pub(super) key: String,
    pub(super) value: AnyValue,
}

/// The value of an attribute.
#[derive(Debug, PartialEq, Serialize)]
pub(super) enum AnyValue {
    #[serde(rename = "stringValue")]
    String(String),
    #[serde(rename = "intValue", serialize_with = "decimal")]
    Int(i64),
    #[serde(rename = "arrayValue")]
    Array(ArrayValue),
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct ArrayValue {
    pub(super) values: Vec<AnyValue>,
}

impl From<&str> for AnyValue {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<i64> for AnyValue {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Vec<String>> for AnyValue {
    fn from(texts: Vec<String>) -> Self {
        let values = texts.into_iter().map(Self::String).collect();
        Self::Array(ArrayValue { values })
    }
}

fn decimal<S: Serializer>(number: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}
