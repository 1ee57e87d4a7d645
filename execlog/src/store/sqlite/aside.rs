//! The table of contexts that a repair set aside because they do not belong to a run in the log.

use super::errors::Failing;
use super::session::Session;
use super::text::lossy_text;
use super::{context, context_columns, schema};
use crate::error::Result;
use crate::store::report::SetAside;
use crate::store::rows::key_of_context;
use rusqlite::Connection;

pub(super) const TABLE: &str = "execlog_aside";

/// The columns of this table that a context lacks.
const OWN_COLUMNS: [&str; 3] = ["number", "set_aside_at_ms", "reason"];

/// Whether the table exists. Fails if it cannot hold contexts.
pub(super) fn exists(connection: &Connection) -> Result<bool> {
    let columns = schema::columns(connection, TABLE)?;
    if columns.is_empty() {
        return Ok(false);
    }
    let has_column = |needed: &&str| columns.iter().any(|column| column.name == **needed);
    let of_context = context_columns::COLUMNS.iter();
    let of_context = of_context.filter(|column| !column.is_added);
    let of_context = of_context.map(|column| column.name);
    let mut needed = OWN_COLUMNS.into_iter().chain(of_context);
    match needed.find(|needed| !has_column(needed)) {
        None => Ok(true),
        Some(missing) => {
            let reason = format!("it has no column `{missing}`");
            Err(schema::not_a_log(connection, TABLE, &reason))
        }
    }
}

/// Moves contexts without a run aside and returns their number.
pub(super) fn move_strays(session: &Session, now_ms: i64) -> Result<usize> {
    if context::strays(session)?.is_empty() {
        return Ok(0);
    }
    session.atomically(|session| {
        if !exists(session)? {
            let columns = context_columns::declared_without_constraints();
            let create = format!(
                "CREATE TABLE IF NOT EXISTS main.execlog_aside (
    number INTEGER PRIMARY KEY,
    set_aside_at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    {columns}
)"
            );
            session.execute_batch(&create).failing_on(session)?;
        }
        context::add_missing(session, context::TABLE)?;
        context::add_missing(session, TABLE)?;
        let columns = context_columns::names();
        let (why, is_stray) = (context::WHY_STRAY, context::IS_STRAY);
        let copy = format!(
            "INSERT INTO main.execlog_aside (set_aside_at_ms, reason, {columns}) \
             SELECT ?1, {why}, {columns} FROM main.execlog_context WHERE {is_stray} \
             ORDER BY execution_id"
        );
        let copied = session.execute(&copy, [now_ms]).failing_on(session)?;
        let remove = format!("DELETE FROM main.execlog_context WHERE {is_stray}");
        session.execute(&remove, []).failing_on(session)?;
        Ok(copied)
    })
}

/// The contexts set aside, oldest first.
pub(super) fn listed(connection: &Connection) -> Result<Vec<SetAside>> {
    let sql = "SELECT number, CAST(set_aside_at_ms AS INTEGER), reason, execution_id \
         FROM main.execlog_aside ORDER BY number";
    let mut statement = connection.prepare(sql).failing_on(connection)?;
    let rows = statement.query_map([], |row| {
        Ok(SetAside {
            key: format!("{TABLE} row {}", row.get::<_, i64>(0)?),
            was: key_of_context(&lossy_text(row, 3)?),
            reason: lossy_text(row, 2)?,
            at_ms: row.get::<_, Option<i64>>(1)?.unwrap_or_default(),
        })
    });
    rows.and_then(Iterator::collect).failing_on(connection)
}
