//! The parameters of a statement, with their types: so a statement needs one round trip, and works with a
//! pooler between.

use super::text::escaped;
use tokio_postgres::types::{ToSql, Type};

/// A place or a count as the server stores it.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A parameter of a statement.
#[derive(Debug, Clone)]
#[cfg_attr(
    not(feature = "seals"),
    expect(dead_code, reason = "only seals have bytes")
)]
pub(super) enum Value {
    Text(Option<String>),
    Texts(Vec<Option<String>>),
    Integer(Option<i64>),
    Integers(Vec<Option<i64>>),
    Flags(Vec<bool>),
    Bytes(Vec<u8>),
    ListOfBytes(Vec<Vec<u8>>),
}

impl Value {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(Some(escaped(text).into_owned()))
    }

    pub(super) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let stored = |text: &str| Some(escaped(text).into_owned());
        Self::Texts(texts.into_iter().map(stored).collect())
    }

    pub(super) fn integer(integer: i64) -> Self {
        Self::Integer(Some(integer))
    }

    pub(super) fn integers(integers: impl IntoIterator<Item = i64>) -> Self {
        Self::Integers(integers.into_iter().map(Some).collect())
    }

    /// A number of rows.
    pub(super) fn count(count: usize) -> Self {
        Self::place(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// A place in a journal, or a number of seals.
    pub(super) fn place(place: u64) -> Self {
        Self::integer(signed(place))
    }

    pub(super) fn parameter(&self) -> (&(dyn ToSql + Sync), Type) {
        match self {
            Self::Text(text) => (text, Type::TEXT),
            Self::Texts(texts) => (texts, Type::TEXT_ARRAY),
            Self::Integer(integer) => (integer, Type::INT8),
            Self::Integers(integers) => (integers, Type::INT8_ARRAY),
            Self::Flags(flags) => (flags, Type::BOOL_ARRAY),
            Self::Bytes(bytes) => (bytes, Type::BYTEA),
            Self::ListOfBytes(list) => (list, Type::BYTEA_ARRAY),
        }
    }
}
