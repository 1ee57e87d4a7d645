//! Checks JSON against the published schema of OTLP (opentelemetry-proto 1.9), by protobuf's JSON mapping as OTLP
//! restricts it. Stricter than a collector, which ignores unknown fields and accepts numbers for 64-bit integers.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The type of a field, and how JSON has it.
#[derive(Debug, Clone, Copy)]
enum Type {
    Text,
    /// Bytes in lower-case hexadecimal, with this many digits.
    Id(usize),
    /// `fixed64`, as a decimal string.
    Unsigned64,
    /// `int64`, as a decimal string.
    Signed64,
    /// `uint32` or `fixed32`, as a number.
    Unsigned32,
    /// An enum, as a number up to this.
    Enum(u64),
    Double,
    Bool,
    Message(&'static str),
    Repeated(&'static str),
}

use Type::{Bool, Double, Enum, Id, Message, Repeated, Signed64, Text, Unsigned32, Unsigned64};

/// The messages that a request can have, with their stable fields.
const MESSAGES: &[(&str, &[(&str, Type)])] = &[
    (
        "ExportTraceServiceRequest",
        &[("resourceSpans", Repeated("ResourceSpans"))],
    ),
    (
        "ResourceSpans",
        &[
            ("resource", Message("Resource")),
            ("scopeSpans", Repeated("ScopeSpans")),
            ("schemaUrl", Text),
        ],
    ),
    (
        "Resource",
        &[
            ("attributes", Repeated("KeyValue")),
            ("droppedAttributesCount", Unsigned32),
        ],
    ),
    (
        "ScopeSpans",
        &[
            ("scope", Message("InstrumentationScope")),
            ("spans", Repeated("Span")),
            ("schemaUrl", Text),
        ],
    ),
    (
        "InstrumentationScope",
        &[
            ("name", Text),
            ("version", Text),
            ("attributes", Repeated("KeyValue")),
            ("droppedAttributesCount", Unsigned32),
        ],
    ),
    (
        "Span",
        &[
            ("traceId", Id(32)),
            ("spanId", Id(16)),
            ("traceState", Text),
            ("parentSpanId", Id(16)),
            ("flags", Unsigned32),
            ("name", Text),
            ("kind", Enum(5)),
            ("startTimeUnixNano", Unsigned64),
            ("endTimeUnixNano", Unsigned64),
            ("attributes", Repeated("KeyValue")),
            ("droppedAttributesCount", Unsigned32),
            ("events", Repeated("Event")),
            ("droppedEventsCount", Unsigned32),
            ("links", Repeated("Link")),
            ("droppedLinksCount", Unsigned32),
            ("status", Message("Status")),
        ],
    ),
    (
        "Event",
        &[
            ("timeUnixNano", Unsigned64),
            ("name", Text),
            ("attributes", Repeated("KeyValue")),
            ("droppedAttributesCount", Unsigned32),
        ],
    ),
    (
        "Link",
        &[
            ("traceId", Id(32)),
            ("spanId", Id(16)),
            ("traceState", Text),
            ("attributes", Repeated("KeyValue")),
            ("droppedAttributesCount", Unsigned32),
            ("flags", Unsigned32),
        ],
    ),
    ("Status", &[("message", Text), ("code", Enum(2))]),
    ("KeyValue", &[("key", Text), ("value", Message("AnyValue"))]),
    (
        "AnyValue",
        &[
            ("stringValue", Text),
            ("boolValue", Bool),
            ("intValue", Signed64),
            ("doubleValue", Double),
            ("arrayValue", Message("ArrayValue")),
        ],
    ),
    ("ArrayValue", &[("values", Repeated("AnyValue"))]),
];

/// Checks a line of an export. The error names the field.
pub(crate) fn check(line: &str) -> Result<Value, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    check_message("ExportTraceServiceRequest", &value)?;
    Ok(value)
}

fn check_message(name: &str, value: &Value) -> Result<(), String> {
    let known = MESSAGES.iter().find(|(message, _)| *message == name);
    let (_, fields) = known.ok_or_else(|| format!("no message {name}"))?;
    let object = value.as_object().ok_or(format!("{name} is no object"))?;
    for (key, value) in object {
        let field = fields.iter().find(|(field, _)| field == key);
        let (_, of) = field.ok_or(format!("{name} has no field {key}"))?;
        check_value(*of, value).map_err(|error| format!("{name}.{key}: {error}"))?;
    }
    check_rules(name, object).map_err(|error| format!("{name}: {error}"))
}

fn check_value(of: Type, value: &Value) -> Result<(), String> {
    let decimal = |value: &Value| {
        let text = value.as_str()?;
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_plain = digits == "0" || !digits.starts_with('0');
        is_plain.then(|| text.to_owned())
    };
    let is_valid = match of {
        Text => value.is_string(),
        Bool => value.is_boolean(),
        Double => value.is_f64(),
        Id(digits) => value.as_str().is_some_and(|id| is_id(id, digits)),
        Unsigned64 => decimal(value).is_some_and(|text| text.parse::<u64>().is_ok()),
        Signed64 => decimal(value).is_some_and(|text| text.parse::<i64>().is_ok()),
        Unsigned32 => value
            .as_u64()
            .is_some_and(|number| u32::try_from(number).is_ok()),
        Enum(last) => value.as_u64().is_some_and(|number| number <= last),
        Message(name) => return check_message(name, value),
        Repeated(name) => {
            let values = value.as_array().ok_or("no array")?;
            return values
                .iter()
                .try_for_each(|value| check_message(name, value));
        }
    };
    if is_valid {
        Ok(())
    } else {
        Err(format!("{value} is no {of:?}"))
    }
}

fn is_id(id: &str, digits: usize) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    id.len() == digits && id.bytes().all(is_digit) && id.bytes().any(|byte| byte != b'0')
}

/// What the comments of the schema require beyond the types.
fn check_rules(name: &str, object: &Map<String, Value>) -> Result<(), String> {
    let required: &[&str] = match name {
        "Span" => &[
            "traceId",
            "spanId",
            "name",
            "kind",
            "startTimeUnixNano",
            "endTimeUnixNano",
        ],
        "Link" => &["traceId", "spanId"],
        "KeyValue" => &["key", "value"],
        "ExportTraceServiceRequest" => &["resourceSpans"],
        _ => &[],
    };
    if let Some(missing) = required.iter().find(|field| !object.contains_key(**field)) {
        return Err(format!("without {missing}"));
    }
    let is_empty = |field: &str| object.get(field).is_some_and(|text| text == "");
    if is_empty("name") || is_empty("key") {
        return Err("an empty name".to_owned());
    }
    if name == "AnyValue" && object.len() != 1 {
        return Err("not one value".to_owned());
    }
    if let Some(attributes) = object.get("attributes").and_then(Value::as_array) {
        let keys: BTreeSet<_> = attributes.iter().map(|pair| pair["key"].as_str()).collect();
        if keys.len() < attributes.len() {
            return Err("an attribute twice".to_owned());
        }
    }
    if name == "Span" {
        let time = |field: &str| {
            object[field]
                .as_str()
                .and_then(|time| time.parse::<u64>().ok())
        };
        if time("startTimeUnixNano") > time("endTimeUnixNano") {
            return Err("ends before it starts".to_owned());
        }
        if object["kind"] == 0 {
            return Err("of no kind".to_owned());
        }
    }
    Ok(())
}

#[test]
fn the_check_refuses_what_the_mapping_does_not_allow() {
    let span = r#"{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","name":"n","kind":1,"startTimeUnixNano":"5","endTimeUnixNano":"6","attributes":[{"key":"a","value":{"intValue":"-1"}}],"status":{}}"#;
    let request = |span: &str| {
        let start = r#"{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":["#;
        check(&format!("{start}{span}]}}]}}]}}"))
    };
    request(span).expect("valid");
    for (right, wrong) in [
        ("traceId", "trace_id"),
        ("4bf92f35", "4BF92F35"),
        ("4bf92f35", "4bf92f3"),
        ("00f067aa0ba902b7", "0000000000000000"),
        (r#""kind":1"#, r#""kind":"SPAN_KIND_INTERNAL""#),
        (r#""kind":1"#, r#""kind":6"#),
        (r#""5""#, "5"),
        (r#""5""#, r#""05""#),
        (r#""5""#, r#""-5""#),
        (r#""5""#, r#""7""#),
        (r#""-1""#, "-1"),
        (r#"{"intValue":"-1"}"#, "{}"),
        (
            r#"{"intValue":"-1"}"#,
            r#"{"intValue":"1","stringValue":""}"#,
        ),
        (r#""key":"a""#, r#""key":"""#),
        (r#""name":"n""#, r#""name":"""#),
        (r#""name":"n","#, ""),
        (r#""status":{}"#, r#""status":{"code":"STATUS_CODE_ERROR"}"#),
        (r#""status":{}"#, r#""status":null"#),
        (r#""status":{}"#, r#""more":1"#),
    ] {
        let changed = span.replacen(right, wrong, 1);
        assert_ne!(changed, span, "{right}");
        assert!(request(&changed).is_err(), "{wrong}");
    }
}
