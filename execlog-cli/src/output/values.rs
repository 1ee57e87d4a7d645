//! Turns the value of a field into text or JSON.

use super::printable::printable;
use crate::runs::times::{Times, show};
use crate::runs::value::Value;
use jiff::Timestamp;

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
        }
    }

    /// Text for programs: exact, and empty if there is no value.
    pub(crate) fn for_programs(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Integer(number) | Self::Millis(number) | Self::AboutMillis(number) => {
                number.to_string()
            }
            Self::List(list) => command_line(list),
            Self::Time(millis) => rfc3339(*millis).unwrap_or_else(|| millis.to_string()),
            Self::Status(status) => status.to_string(),
        }
    }

    pub(crate) fn into_json(self) -> serde_json::Value {
        match self {
            Self::Nothing => serde_json::Value::Null,
            Self::Text(text) => text.into(),
            Self::Integer(number) | Self::Millis(number) | Self::AboutMillis(number) => {
                number.into()
            }
            Self::List(list) => list.into(),
            Self::Time(millis) => rfc3339(millis).map_or(millis.into(), Into::into),
            Self::Status(status) => status.as_str().into(),
        }
    }
}

/// Formats milliseconds since 1970 as RFC 3339 in UTC. `None` if the year is out of range.
fn rfc3339(millis: i64) -> Option<String> {
    let time = Timestamp::from_millisecond(millis).ok()?;
    Some(time.to_string())
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
