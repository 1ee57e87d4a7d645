//! The table of contexts, beside `execution_log`.

use super::errors::Failing;
use super::schema;
use super::session::Session;
use super::text::lossy_text;
use crate::error::Result;
use crate::model::ExecutionContext;
use rusqlite::{Connection, params};

pub(super) const TABLE: &str = "execlog_context";

/// The second of the start that a context stores. Rounds down and cannot overflow.
macro_rules! second {
    () => {
        "(execlog_context.started_at_ms / 1000 - (execlog_context.started_at_ms % 1000 < 0))"
    };
}

const CREATE: &str = "CREATE TABLE IF NOT EXISTS main.execlog_context (
    execution_id TEXT PRIMARY KEY NOT NULL,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    process_id INTEGER,
    program TEXT,
    host TEXT,
    user TEXT,
    working_directory TEXT,
    exit_code INTEGER,
    parent_execution_id TEXT,
    revision TEXT,
    branch TEXT,
    lock TEXT,
    crashed INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID";

/// The columns of a context, in the order of its fields.
pub(super) const COLUMNS: [&str; 14] = [
    "execution_id",
    "started_at_ms",
    "ended_at_ms",
    "process_id",
    "program",
    "host",
    "user",
    "working_directory",
    "exit_code",
    "parent_execution_id",
    "revision",
    "branch",
    "lock",
    "crashed",
];

/// Creates the table if it is missing.
pub(super) fn create(session: &Session) -> Result<()> {
    if exists(session)? {
        return Ok(());
    }
    session.atomically(|connection| connection.execute_batch(CREATE).failing_on(connection))
}

/// Whether the table exists. Fails if it cannot hold contexts.
pub(super) fn exists(connection: &Connection) -> Result<bool> {
    let columns = schema::columns(connection, TABLE)?;
    if columns.is_empty() {
        return Ok(false);
    }
    let has_column = |needed: &&str| columns.iter().any(|column| column.name == **needed);
    let keys = columns.iter().filter(|column| column.is_primary_key);
    let reason = match COLUMNS.iter().find(|needed| !has_column(needed)) {
        Some(missing) => format!("it has no column `{missing}`"),
        None if keys.map(|key| key.name.as_str()).eq(["execution_id"]) => return Ok(true),
        None => "its primary key is not `execution_id`".to_owned(),
    };
    Err(schema::not_a_log(connection, TABLE, reason))
}

/// The name of a context in findings.
pub(super) fn key(execution_id: &str) -> String {
    format!("{TABLE} of `{execution_id}`")
}

/// A context that does not belong to a run in the log.
pub(super) struct Stray {
    pub(super) execution_id: String,
    pub(super) why: String,
}

/// The contexts that do not belong to a run in the log.
pub(super) fn strays(connection: &Connection) -> Result<Vec<Stray>> {
    let sql = format!(
        "SELECT execution_id, {WHY_STRAY} FROM main.execlog_context WHERE {IS_STRAY} \
         ORDER BY execution_id"
    );
    let mut statement = connection.prepare(&sql).failing_on(connection)?;
    let rows = statement.query_map([], |row| {
        Ok(Stray {
            execution_id: lossy_text(row, 0)?,
            why: lossy_text(row, 1)?,
        })
    });
    rows.and_then(Iterator::collect).failing_on(connection)
}

/// A run with the context's execution id does not exist, or it began in another second. A context is
/// not stray if the run's start is not a number.
pub(super) const IS_STRAY: &str = concat!(
    "NOT EXISTS (SELECT 1 FROM main.execution_log AS run \
     WHERE run.execution_id = execlog_context.execution_id \
     AND (typeof(run.started_at) <> 'integer' OR typeof(execlog_context.started_at_ms) <> 'integer' \
     OR run.started_at = ",
    second!(),
    "))"
);

/// The text of [`why_stray`](crate::store::verify::why_stray).
pub(super) const WHY_STRAY: &str = concat!(
    "coalesce((SELECT 'its run began in second ' || run.started_at || \
     ', but this context says that the run began in second ' || ",
    second!(),
    " FROM main.execution_log AS run WHERE run.execution_id = execlog_context.execution_id), \
     'no run has its id')"
);

/// Adds a context. Replaces the one of a run that another program removed.
pub(super) fn insert(connection: &Connection, context: &ExecutionContext) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO main.execlog_context (execution_id, started_at_ms, ended_at_ms, \
             process_id, program, host, user, working_directory, exit_code, parent_execution_id, \
             revision, branch, lock, crashed) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                context.execution_id,
                context.started_at_ms,
                context.ended_at_ms,
                context.process_id,
                context.program,
                context.host,
                context.user,
                context.working_directory,
                context.exit_code,
                context.parent_execution_id,
                context.revision,
                context.branch,
                context.lock,
                context.crashed,
            ])
        })
        .failing_on(connection)
        .map(drop)
}

/// Records the end of a run.
pub(super) fn end(
    connection: &Connection,
    execution_id: &str,
    ended_at_ms: i64,
    exit_code: Option<i64>,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE main.execlog_context SET \
             ended_at_ms = iif(typeof(started_at_ms) = 'integer', max(?2, started_at_ms), ?2), \
             exit_code = ?3, crashed = 0 WHERE execution_id = ?1",
        )
        .and_then(|mut statement| statement.execute(params![execution_id, ended_at_ms, exit_code]))
        .failing_on(connection)
        .map(drop)
}

/// Records that a run has crashed.
pub(super) fn settle(connection: &Connection, execution_id: &str) -> Result<()> {
    connection
        .prepare_cached("UPDATE main.execlog_context SET crashed = 1 WHERE execution_id = ?1")
        .and_then(|mut statement| statement.execute([execution_id]))
        .failing_on(connection)
        .map(drop)
}
