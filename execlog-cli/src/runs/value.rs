//! The value of a field.

use execlog::{Phase, Status};
use std::collections::BTreeMap;

/// The value of a field. `output::values` writes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Nothing,
    Text(String),
    Integer(i64),
    List(Vec<String>),
    /// Milliseconds since 1970.
    Time(i64),
    /// A duration in milliseconds.
    Millis(i64),
    /// A duration in milliseconds that may be up to a second too long.
    AboutMillis(i64),
    Status(Status),
    Bytes(i64),
    /// Texts by name.
    Labels(BTreeMap<String, String>),
    /// Numbers by name.
    Counters(BTreeMap<String, i64>),
    Phases(Vec<Phase>),
    /// The note of a pinned run, which may be empty.
    Pin(String),
}

impl Value {
    /// Whether its column is aligned to the right.
    pub(crate) fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Integer(_) | Self::Millis(_) | Self::AboutMillis(_) | Self::Bytes(_)
        )
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
