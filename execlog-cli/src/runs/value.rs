//! The value of a field.

use execlog::Status;

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
}

impl Value {
    /// Whether its column is aligned to the right.
    pub(crate) fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Integer(_) | Self::Millis(_) | Self::AboutMillis(_)
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
