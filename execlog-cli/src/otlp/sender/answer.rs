//! What the answer of a collector means.

use super::address::Address;
use super::{Remark, Undelivered};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::time::Duration;
use ureq::http::StatusCode;

/// The longest message of a collector that is repeated, in characters.
const LONGEST_MESSAGE: usize = 300;

/// An answer to a request that the collector has read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Accepted(Option<Remark>),
    /// The collector cannot take the data, and must not be sent the same again.
    Refused(String),
}

/// The message `ExportTraceServiceResponse`. Unknown fields are ignored.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    partial_success: Option<PartialSuccess>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PartialSuccess {
    #[serde(default, deserialize_with = "int64")]
    rejected_spans: u64,
    error_message: Option<String>,
}

/// Reads an `int64`, which protobuf's JSON mapping has as a string and also accepts as a number.
fn int64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Int64 {
        Number(u64),
        Text(String),
    }

    match Option::deserialize(deserializer)? {
        None => Ok(0),
        Some(Int64::Number(number)) => Ok(number),
        Some(Int64::Text(text)) => text.parse().map_err(D::Error::custom),
    }
}

impl Answer {
    /// Only the status codes that the protocol names are worth another try.
    pub(super) fn of(
        status: StatusCode,
        retry_after: Option<Duration>,
        body: &[u8],
        from: &Address,
    ) -> Result<Self, Undelivered> {
        if status.is_success() {
            return match response(body) {
                Some(response) => Ok(Self::Accepted(remark(response))),
                None => Err(Undelivered::Unusable {
                    reason: format!("the answer of {from} is not that of a collector"),
                }),
            };
        }
        let said = format!("{status}{}", message(body));
        match status.as_u16() {
            400 | 413 => Ok(Self::Refused(said)),
            429 | 502 | 503 | 504 => Err(Undelivered::Unavailable {
                reason: format!("{from} answered {said}"),
                retry_after,
            }),
            _ => Err(Undelivered::Unusable {
                reason: format!("{from} answered {said}"),
            }),
        }
    }
}

/// Reads the body of a success. `None` if it is not that of a collector.
fn response(body: &[u8]) -> Option<Response> {
    if body.is_empty() {
        return Some(Response::default());
    }
    // A list would be read as the fields in order.
    let object: Map<String, Value> = serde_json::from_slice(body).ok()?;
    serde_json::from_value(object.into()).ok()
}

/// What a collector says of the spans that it accepted.
fn remark(response: Response) -> Option<Remark> {
    let partial = response.partial_success?;
    let rejected_spans = partial.rejected_spans;
    let message = shortened(&partial.error_message.unwrap_or_default());
    (rejected_spans > 0 || !message.is_empty()).then_some(Remark {
        rejected_spans,
        message,
    })
}

/// What the body of an error says, after a colon: the message of the `Status` that the protocol asks for, or
/// the first line of another text.
fn message(body: &[u8]) -> String {
    let status: Option<Value> = serde_json::from_slice(body).ok();
    let text = String::from_utf8_lossy(body);
    let message = match &status {
        Some(status) => status["message"].as_str(),
        None => text.lines().next(),
    };
    match message.map(str::trim).filter(|message| !message.is_empty()) {
        Some(message) => format!(": {}", shortened(message)),
        None => String::new(),
    }
}

fn shortened(message: &str) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Remark};
    use crate::otlp::sender::Undelivered;
    use crate::otlp::sender::address::Address;
    use std::time::Duration;
    use ureq::http::StatusCode;

    fn of(status: u16, body: &str) -> Result<Answer, Undelivered> {
        let from = Address::parse("http://otel").expect("an address");
        let status = StatusCode::from_u16(status).expect("a status");
        Answer::of(status, Some(Duration::from_secs(7)), body.as_bytes(), &from)
    }

    #[test]
    fn an_accepted_request_may_have_a_remark() {
        let remark = |rejected_spans, message: &str| {
            Some(Remark {
                rejected_spans,
                message: message.to_owned(),
            })
        };
        for (body, expected) in [
            ("", None),
            ("{}", None),
            (r#"{"partialSuccess":null}"#, None),
            (
                r#"{"partialSuccess":{"rejectedSpans":null,"errorMessage":null}}"#,
                None,
            ),
            (r#"{"partialSuccess":{},"later":[1]}"#, None),
            (
                r#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}"#,
                remark(2, "too old"),
            ),
            (r#"{"partialSuccess":{"rejectedSpans":2}}"#, remark(2, "")),
            (
                r#"{"partialSuccess":{"rejectedSpans":"0","errorMessage":"slow down"}}"#,
                remark(0, "slow down"),
            ),
        ] {
            assert_eq!(of(200, body), Ok(Answer::Accepted(expected)), "{body}");
        }
    }

    #[test]
    fn what_is_no_answer_of_a_collector_accepts_nothing() {
        for body in [
            "<html>",
            "OK",
            "[]",
            "[{}]",
            "null",
            "\u{0}\u{1}",
            r#"{"partialSuccess":3}"#,
            r#"{"partialSuccess":{"rejectedSpans":"many"}}"#,
            r#"{"partialSuccess":{"rejectedSpans":-1}}"#,
            "{} {}",
        ] {
            assert!(
                matches!(of(200, body), Err(Undelivered::Unusable { .. })),
                "{body}"
            );
        }
    }

    #[test]
    fn a_status_says_whether_it_is_the_data_the_time_or_the_collector() {
        for status in [400, 413] {
            assert!(matches!(of(status, ""), Ok(Answer::Refused(_))), "{status}");
        }
        for status in [429, 502, 503, 504] {
            let Err(Undelivered::Unavailable { retry_after, .. }) = of(status, "") else {
                panic!("{status}");
            };
            assert_eq!(retry_after, Some(Duration::from_secs(7)));
        }
        for status in [301, 308, 401, 403, 404, 405, 408, 415, 500, 501, 505] {
            let unusable = matches!(of(status, ""), Err(Undelivered::Unusable { .. }));
            assert!(unusable, "{status}");
        }
    }

    #[test]
    fn the_message_of_a_collector_is_repeated_but_no_page_of_it() {
        let long = "x".repeat(400);
        for (body, said) in [
            (r#"{"message":"bad span"}"#, ": bad span"),
            (r#"{"code":3}"#, ""),
            (
                "Client sent an HTTP request\nto an HTTPS server",
                ": Client sent an HTTP request",
            ),
            (&long, &format!(": {}…", &long[..300])),
            ("", ""),
        ] {
            let expected = format!("400 Bad Request{said}");
            assert_eq!(of(400, body), Ok(Answer::Refused(expected)));
        }
    }
}
