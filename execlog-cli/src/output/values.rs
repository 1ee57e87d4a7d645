//! Turns the value of a field into text or JSON.

use super::printable::printable;
use crate::runs::times::{Times, show};
use crate::runs::value::Value;
use execlog::Phase;
use indicatif::BinaryBytes;
use jiff::Timestamp;
use serde_json::json;
use std::fmt::Display;

impl Value {
    /// Text for people: one printable line.
    pub(crate) fn for_people(&self, times: &Times) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => printable(text),
            Self::Integer(number) => number.to_string(),
            Self::List(list) => printable(&command_line(list)),
            Self::Time(millis) => match Timestamp::from_millisecond(*millis) {
                Ok(time) => times.show(time),
                Err(_) => format!("{millis} ms since 1970"),
            },
            Self::Millis(millis) => show::duration(*millis),
            Self::AboutMillis(millis) => show::about(*millis),
            Self::Status(status) => status.to_string(),
            Self::Bytes(bytes) => size(*bytes),
            Self::Labels(_) | Self::Counters(_) => printable(&self.for_programs()),
            Self::Phases(phases) => {
                let phases = phases.iter().map(phase_for_people);
                phases.collect::<Vec<_>>().join(", ")
            }
            Self::Pin(note) if note.is_empty() => "pinned".to_owned(),
            Self::Pin(note) => printable(note),
        }
    }

    /// Text for programs: exact, and empty if there is no value.
    pub(crate) fn for_programs(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Integer(number)
            | Self::Millis(number)
            | Self::AboutMillis(number)
            | Self::Bytes(number) => number.to_string(),
            Self::List(list) => command_line(list),
            Self::Time(millis) => rfc3339(*millis).unwrap_or_else(|| millis.to_string()),
            Self::Status(status) => status.to_string(),
            Self::Labels(labels) => pairs(labels.iter()),
            Self::Counters(counters) => pairs(counters.iter()),
            Self::Phases(phases) => {
                pairs(phases.iter().map(|phase| (&phase.name, phase.duration_us)))
            }
            Self::Pin(note) => note.clone(),
        }
    }

    pub(crate) fn into_json(self) -> serde_json::Value {
        match self {
            Self::Nothing => serde_json::Value::Null,
            Self::Text(text) => text.into(),
            Self::Integer(number)
            | Self::Millis(number)
            | Self::AboutMillis(number)
            | Self::Bytes(number) => number.into(),
            Self::List(list) => list.into(),
            Self::Time(millis) => rfc3339(millis).map_or(millis.into(), Into::into),
            Self::Status(status) => status.as_str().into(),
            Self::Labels(labels) => labels.into_iter().collect(),
            Self::Counters(counters) => counters.into_iter().collect(),
            Self::Phases(phases) => phases.iter().map(phase_to_json).collect(),
            Self::Pin(note) => note.into(),
        }
    }
}

/// Formats milliseconds since 1970 as RFC 3339 in UTC. `None` if the year is out of range.
fn rfc3339(millis: i64) -> Option<String> {
    let time = Timestamp::from_millisecond(millis).ok()?;
    Some(time.to_string())
}

fn phase_to_json(phase: &Phase) -> serde_json::Value {
    json!({
        "name": phase.name,
        "started_after_us": phase.started_after_us,
        "duration_us": phase.duration_us,
        "times": phase.times,
    })
}

fn phase_for_people(phase: &Phase) -> String {
    let time = show::microseconds(phase.duration_us);
    format!("{} {time}", printable(&phase.name))
}

/// A size in binary units, as `1.50 MiB`.
pub(crate) fn size(bytes: i64) -> String {
    BinaryBytes(u64::try_from(bytes).unwrap_or(0)).to_string()
}

/// Names and values as typed into a shell.
fn pairs<'a>(pairs: impl Iterator<Item = (&'a String, impl Display)>) -> String {
    let pairs = pairs.map(|(name, value)| format!("{name}={value}"));
    command_line(&pairs.collect::<Vec<_>>())
}

/// Arguments as typed into a shell.
fn command_line(arguments: &[String]) -> String {
    let quoted = arguments.iter().map(|argument| quoted(argument));
    quoted.collect::<Vec<_>>().join(" ")
}

fn quoted(argument: &str) -> String {
    let is_plain =
        |character: char| character.is_alphanumeric() || "-_=/.,:@%+[]{}^".contains(character);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}
