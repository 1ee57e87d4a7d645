//! The table of contexts, beside `execution_log`.

use super::context_columns::{self, COLUMNS, Column, FIRST};
use super::errors::Failing;
use super::json_column::Json;
use super::schema;
use super::session::Session;
use super::text::lossy_text;
use crate::error::Result;
use crate::model::ExecutionContext;
use crate::store::{Details, Finish};
use rusqlite::{Connection, Params, params};
use std::sync::LazyLock;

pub(super) const TABLE: &str = "execlog_context";

/// The second of the start that a context stores. Rounds down and cannot overflow.
macro_rules! second {
    () => {
        "(execlog_context.started_at_ms / 1000 - (execlog_context.started_at_ms % 1000 < 0))"
    };
}

/// The end of a run. A run does not end before its start.
macro_rules! end_columns {
    () => {
        "UPDATE main.execlog_context SET \
         ended_at_ms = iif(typeof(started_at_ms) = 'integer', max(?2, started_at_ms), ?2), \
         exit_code = ?3, crashed = 0"
    };
}

/// Few runs have a parent or are pinned, so that these indexes cost the others nothing.
const CREATE_INDEXES: &str = "CREATE INDEX IF NOT EXISTS main.execlog_context_parent \
     ON execlog_context (parent_execution_id) WHERE parent_execution_id IS NOT NULL; \
     CREATE INDEX IF NOT EXISTS main.execlog_context_pin \
     ON execlog_context (pin) WHERE pin IS NOT NULL";

/// The table of contexts in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contexts {
    /// The table does not exist.
    Missing,
    /// The table lacks some columns of this version.
    Early,
    /// The table has every column.
    Whole,
}

/// Creates the table, or the columns that it lacks.
pub(super) fn create(session: &Session) -> Result<()> {
    if look_up(session)? == Contexts::Whole {
        return Ok(());
    }
    session.atomically(|connection| {
        let columns = context_columns::declared();
        let create = format!(
            "CREATE TABLE IF NOT EXISTS main.execlog_context (\n    {columns}\n) WITHOUT ROWID"
        );
        connection.execute_batch(&create).failing_on(connection)?;
        add_missing(connection, TABLE)?;
        connection
            .execute_batch(CREATE_INDEXES)
            .failing_on(connection)
    })
}

/// Adds the columns that a table of contexts lacks.
pub(super) fn add_missing(connection: &Connection, table: &str) -> Result<()> {
    let columns = schema::columns(connection, table)?;
    let is_missing = |name: &str| !columns.iter().any(|column| column.name == name);
    let missing = COLUMNS.iter().filter(|column| column.is_added);
    for Column { name, kind, .. } in missing.filter(|column| is_missing(column.name)) {
        let sql = format!("ALTER TABLE main.{table} ADD COLUMN {name} {kind}");
        connection.execute_batch(&sql).failing_on(connection)?;
    }
    Ok(())
}

/// Whether the table exists, with all columns. Fails if it cannot hold contexts.
pub(super) fn look_up(connection: &Connection) -> Result<Contexts> {
    let columns = schema::columns(connection, TABLE)?;
    if columns.is_empty() {
        return Ok(Contexts::Missing);
    }
    let lacks = |needed: &&Column| !columns.iter().any(|column| column.name == needed.name);
    let keys = columns.iter().filter(|column| column.is_primary_key);
    let mut missing = COLUMNS.iter().filter(lacks);
    let reason = match missing.clone().find(|column| !column.is_added) {
        Some(missing) => format!("it has no column `{}`", missing.name),
        None if !keys.map(|key| key.name.as_str()).eq(["execution_id"]) => {
            "its primary key is not `execution_id`".to_owned()
        }
        None if missing.next().is_none() => return Ok(Contexts::Whole),
        None => return Ok(Contexts::Early),
    };
    Err(schema::not_a_log(connection, TABLE, &reason))
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

static INSERT: LazyLock<String> = LazyLock::new(|| insert_into(&COLUMNS));

/// Leaves the other columns NULL.
static INSERT_FIRST: LazyLock<String> = LazyLock::new(|| insert_into(&COLUMNS[..FIRST]));

fn insert_into(columns: &[Column]) -> String {
    let places = vec!["?"; columns.len()].join(", ");
    let names = context_columns::names_of(columns);
    format!("INSERT OR REPLACE INTO main.execlog_context ({names}) VALUES ({places})")
}

/// Adds a context. Replaces the one of a run that another program removed.
pub(super) fn insert(connection: &Connection, context: &ExecutionContext) -> Result<()> {
    let values = params![
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
        context.trace_id,
        Json::unless(context.labels.is_empty(), &context.labels),
        Json::unless(context.counters.is_empty(), &context.counters),
        Json::unless(context.phases.is_empty(), &context.phases),
        context.cpu_ms,
        context.peak_memory_bytes,
        context.pin,
    ];
    if has_only_first(context) {
        execute(connection, &INSERT_FIRST, &values[..FIRST])
    } else {
        execute(connection, &INSERT, values)
    }
}

/// Whether the context has nothing in a column that a table of an earlier version lacks: most runs
/// begin so.
fn has_only_first(context: &ExecutionContext) -> bool {
    let ExecutionContext {
        trace_id: None,
        labels,
        counters,
        phases,
        cpu_ms: None,
        peak_memory_bytes: None,
        pin: None,
        ..
    } = context
    else {
        return false;
    };
    labels.is_empty() && counters.is_empty() && phases.is_empty()
}

/// Records the end of a run.
pub(super) fn end(connection: &Connection, execution_id: &str, finish: &Finish) -> Result<()> {
    const WITHOUT_DETAILS: &str = concat!(end_columns!(), " WHERE execution_id = ?1");
    const WITH_COST: &str = concat!(
        end_columns!(),
        ", cpu_ms = ?4, peak_memory_bytes = ?5 WHERE execution_id = ?1"
    );
    const WITH_ALL: &str = concat!(
        end_columns!(),
        ", cpu_ms = ?4, peak_memory_bytes = ?5, labels = ?6, counters = ?7, phases = ?8 \
         WHERE execution_id = ?1"
    );
    let none = Details::default();
    let details = finish.details.unwrap_or(&none);
    let values = params![
        execution_id,
        finish.ended_at_ms,
        finish.exit_code,
        details.cpu_ms,
        details.peak_memory_bytes,
        Json::unless(details.labels.is_empty(), &details.labels),
        Json::unless(details.counters.is_empty(), &details.counters),
        Json::unless(details.phases.is_empty(), &details.phases),
    ];
    let (sql, used) = match finish.details {
        None => (WITHOUT_DETAILS, 3),
        // A run that ends without labels began without any.
        Some(details) if details.are_cost() => (WITH_COST, 5),
        Some(_) => (WITH_ALL, values.len()),
    };
    execute(connection, sql, &values[..used])
}

fn execute(connection: &Connection, sql: &str, values: impl Params) -> Result<()> {
    let statement = connection.prepare_cached(sql);
    let changed = statement.and_then(|mut statement| statement.execute(values));
    changed.failing_on(connection).map(drop)
}

/// Sets the note of a pinned run, or none if the run is not pinned.
pub(super) fn pin(connection: &Connection, execution_id: &str, note: Option<&str>) -> Result<()> {
    let sql = "UPDATE main.execlog_context SET pin = ?2 WHERE execution_id = ?1";
    execute(connection, sql, params![execution_id, note])
}

/// Removes the contexts of these runs, a JSON array of execution ids.
pub(super) fn remove_all(connection: &Connection, execution_ids: &str) -> Result<()> {
    let sql = "DELETE FROM main.execlog_context \
         WHERE execution_id IN (SELECT value FROM json_each(?1))";
    execute(connection, sql, [execution_ids])
}

/// Records that a run has crashed.
pub(super) fn settle(connection: &Connection, execution_id: &str) -> Result<()> {
    let sql = "UPDATE main.execlog_context SET crashed = 1 WHERE execution_id = ?1";
    execute(connection, sql, [execution_id])
}
