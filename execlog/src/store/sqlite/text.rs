//! Texts that may be any bytes: SQLite keeps what it is given.

use crate::error::printable;
use rusqlite::Row;
use rusqlite::types::ValueRef;

/// The text of a column, with invalid bytes replaced. Empty if the column is not a text.
pub(super) fn lossy_text(row: &Row, column: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => printable(bytes),
        _ => String::new(),
    })
}
