//! The value of a field, for people and for programs.

use crate::moments::{self, Moments};
use crate::output::printable;
use execlog::Status;
use jiff::Timestamp;

/// A value of a field, before it is written in some format.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Nothing,
    Text(String),
    Integer(i64),
    List(Vec<String>),
    /// Milliseconds since 1970 in UTC.
    Time(i64),
    Millis(i64),
    Status(Status),
}

impl Value {
    /// Whether it stands to the right in its column.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Self::Integer(_) | Self::Millis(_))
    }

    /// As people read it, on one line and without control characters.
    pub(crate) fn for_people(&self, moments: &Moments) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => printable(text),
            Self::Integer(number) => number.to_string(),
            Self::List(list) => printable(&command_line(list)),
            Self::Time(millis) => match Timestamp::from_millisecond(*millis) {
                Ok(time) => moments.show(time),
                Err(_) => format!("{millis} ms since 1970"),
            },
            Self::Millis(millis) => moments::millis(*millis),
            Self::Status(status) => status.to_string(),
        }
    }

    /// As programs read it that know no types.
    pub(crate) fn for_programs(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Integer(number) | Self::Millis(number) => number.to_string(),
            Self::List(list) => command_line(list),
            Self::Time(millis) => rfc3339(*millis).unwrap_or_else(|| millis.to_string()),
            Self::Status(status) => status.to_string(),
        }
    }

    pub(crate) fn into_json(self) -> serde_json::Value {
        match self {
            Self::Nothing => serde_json::Value::Null,
            Self::Text(text) => text.into(),
            Self::Integer(number) | Self::Millis(number) => number.into(),
            Self::List(list) => list.into(),
            Self::Time(millis) => rfc3339(millis).map_or(millis.into(), Into::into),
            Self::Status(status) => status.as_str().into(),
        }
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        text.map(str::to_owned).into()
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

/// Milliseconds since 1970 as a time in UTC, unless that is beyond what can be told.
fn rfc3339(millis: i64) -> Option<String> {
    let time = Timestamp::from_millisecond(millis).ok()?;
    Some(time.to_string())
}

/// Arguments as they would be typed into a shell.
pub(crate) fn command_line(arguments: &[String]) -> String {
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
