//! Files that the log itself created, which it sets up as it likes.

use super::errors::Failing;
use super::journal;
use crate::error::Result;
use rusqlite::Connection;
use std::time::Instant;

pub(super) const TABLE: &str = "execution_log";

/// Marks a file that the log created: `exlg` in ASCII.
const APPLICATION_ID: i32 = 0x6578_6c67;

/// Whether the log created the file and other programs have no tables in it.
pub(super) fn is_own(connection: &Connection) -> Result<bool> {
    let mark: i32 = connection
        .query_row("PRAGMA main.application_id", [], |row| row.get(0))
        .failing_on(connection)?;
    let is_own = |table: &String| {
        table == TABLE || table.starts_with("execlog_") || table.starts_with("sqlite_")
    };
    Ok(mark == APPLICATION_ID && tables(connection)?.iter().all(is_own))
}

/// The names of all tables and views.
fn tables(connection: &Connection) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT tbl_name FROM main.sqlite_master";
    let mut tables = connection.prepare(sql).failing_on(connection)?;
    tables
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .failing_on(connection)
}

/// Sets the journal mode of a log on an empty file.
pub(super) fn set_up_new(connection: &Connection, give_up: Instant) -> Result<()> {
    if is_empty(connection)? {
        journal::use_wal(connection, give_up)?;
    }
    Ok(())
}

/// Marks a file that has no tables yet.
pub(super) fn mark_if_without_tables(connection: &Connection) -> Result<()> {
    if tables(connection)?.is_empty() {
        let mark = format!("PRAGMA main.application_id = {APPLICATION_ID}");
        connection.execute_batch(&mark).failing_on(connection)?;
    }
    Ok(())
}

fn is_empty(connection: &Connection) -> Result<bool> {
    let pages: i64 = connection
        .query_row("PRAGMA main.page_count", [], |row| row.get(0))
        .failing_on(connection)?;
    Ok(pages == 0)
}
