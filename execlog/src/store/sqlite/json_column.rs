//! A column that holds JSON, NULL if there is nothing to hold.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value that is stored as JSON text.
pub(super) struct Json<T>(pub(super) T);

impl<T> Json<T> {
    /// The value, or nothing if it is empty.
    pub(super) fn unless(is_empty: bool, value: T) -> Option<Self> {
        (!is_empty).then_some(Self(value))
    }
}

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0);
        let text = text.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(text.into())
    }
}

impl<T: DeserializeOwned + Default> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = match value {
            ValueRef::Null => return Ok(Self(T::default())),
            other => other.as_bytes()?,
        };
        let read = serde_json::from_slice(text);
        read.map(Self)
            .map_err(|error| FromSqlError::Other(error.into()))
    }
}
