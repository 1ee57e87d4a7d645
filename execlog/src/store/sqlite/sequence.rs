//! The last number given to a run, which SQLite keeps in `sqlite_sequence`.

use super::errors::Failing;
use crate::error::Result;
use crate::store::numbers::NUMBERS;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension};

pub(super) const TABLE: &str = "sqlite_sequence";

/// The state of the numbers.
struct Sequence {
    /// The largest number of a stored run, or 0.
    largest: i64,
    /// The last number given, as stored, or `None` if it is not stored.
    given: Option<Value>,
}

/// The last number given, even if its run was removed, or 0.
pub(super) fn last_number(connection: &Connection) -> Result<i64> {
    let Sequence { largest, given } = read(connection)?;
    match given {
        Some(Value::Integer(given)) => Ok(largest.max(given)),
        _ => Ok(largest),
    }
}

/// The problem of the last number given, if any.
pub(super) fn problem(connection: &Connection) -> Result<Option<String>> {
    if !is_kept(connection)? {
        return Ok(None);
    }
    let Sequence { largest, given } = read(connection)?;
    let again = "numbers of removed runs may be given again";
    Ok(match given {
        None if largest > 0 => Some(format!(
            "the last number given is not stored, but a run has number {largest}: {again}"
        )),
        Some(Value::Integer(given)) if given < largest => Some(format!(
            "the last number given is stored as {given}, but a run has number {largest}: {again}"
        )),
        Some(Value::Integer(given)) if given > largest && given > *NUMBERS.end() => Some(format!(
            "the last number given is stored as {given}, which is too large"
        )),
        None | Some(Value::Integer(_)) => None,
        Some(_) => Some("the last number given is not an integer".to_owned()),
    })
}

/// Sets the last number to the largest number of a run if it is wrong. Returns whether it was right.
pub(super) fn repair(connection: &Connection) -> Result<bool> {
    if problem(connection)?.is_none() {
        return Ok(true);
    }
    let largest = read(connection)?.largest;
    connection
        .execute(
            "DELETE FROM main.sqlite_sequence WHERE name = 'execution_log'",
            [],
        )
        .and_then(|_| {
            connection.execute(
                "INSERT INTO main.sqlite_sequence (name, seq) VALUES ('execution_log', ?1)",
                [largest],
            )
        })
        .failing_on(connection)?;
    Ok(false)
}

/// Whether SQLite keeps the last number of this table. A table of another program may lack
/// AUTOINCREMENT.
fn is_kept(connection: &Connection) -> Result<bool> {
    let sql = "SELECT count(*) FROM main.sqlite_master AS log, main.sqlite_master AS sequence \
         WHERE log.type = 'table' AND log.name = 'execution_log' COLLATE NOCASE \
         AND instr(upper(log.sql), 'AUTOINCREMENT') AND sequence.name = 'sqlite_sequence'";
    let count: i64 = connection
        .query_row(sql, [], |row| row.get(0))
        .failing_on(connection)?;
    Ok(count > 0)
}

fn read(connection: &Connection) -> Result<Sequence> {
    let largest: Option<i64> = connection
        .query_row("SELECT max(id) FROM main.execution_log", [], |row| {
            row.get(0)
        })
        .failing_on(connection)?;
    // `sqlite_sequence` exists if any table in the file uses AUTOINCREMENT.
    let sql = "SELECT count(*) FROM main.sqlite_master WHERE name = 'sqlite_sequence'";
    let tables: i64 = connection
        .query_row(sql, [], |row| row.get(0))
        .failing_on(connection)?;
    let given = if tables == 1 {
        let sql = "SELECT seq FROM main.sqlite_sequence WHERE name = 'execution_log'";
        connection
            .query_row(sql, [], |row| row.get(0))
            .optional()
            .failing_on(connection)?
    } else {
        None
    };
    Ok(Sequence {
        largest: largest.unwrap_or_default(),
        given,
    })
}
