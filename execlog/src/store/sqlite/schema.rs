//! Checks and creates the table `execution_log`.

use super::errors::{self, Failing};
use super::indexes;
use super::own_file::{self, TABLE};
use super::session::Session;
use crate::error::{Error, Result};
use rusqlite::{Connection, Row};

/// The table of magellan 4.17. The log has the same indexes too, so either program can open a file of
/// the other.
const CREATE: &str = "CREATE TABLE IF NOT EXISTS main.execution_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    execution_id TEXT NOT NULL UNIQUE,
    tool_version TEXT NOT NULL,
    args TEXT NOT NULL,
    root TEXT,
    db_path TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    duration_ms INTEGER,
    outcome TEXT NOT NULL,
    error_message TEXT,
    files_indexed INTEGER DEFAULT 0,
    symbols_indexed INTEGER DEFAULT 0,
    references_indexed INTEGER DEFAULT 0
)";

const OBJECTS: &str = "'execution_log', 'idx_execution_log_started_at', \
     'idx_execution_log_execution_id', 'idx_execution_log_outcome'";

/// The columns of a record, in the order of its fields.
pub(super) const COLUMNS: [&str; 14] = [
    "id",
    "execution_id",
    "tool_version",
    "args",
    "root",
    "db_path",
    "started_at",
    "finished_at",
    "duration_ms",
    "outcome",
    "error_message",
    "files_indexed",
    "symbols_indexed",
    "references_indexed",
];

/// Creates the table and the indexes that are missing. A log's own file gets the journal mode of a log
/// while it is still empty. The file of a host keeps its journal mode.
pub(super) fn create(session: &Session) -> Result<()> {
    if exists(session)? && (has_all_names(session)? || indexes::is_complete(session)?) {
        return Ok(());
    }
    if let Some(give_up) = session.give_up() {
        own_file::set_up_new(session, give_up)?;
    }
    session.atomically(|connection| {
        if exists(connection)? {
            return indexes::add_missing(connection);
        }
        if session.give_up().is_some() {
            own_file::mark_if_without_tables(connection)?;
        }
        let indexes = indexes::NEEDED.map(|index| index.create);
        let create = [&[CREATE], &indexes[..]].concat().join(";");
        connection.execute_batch(&create).failing_on(connection)
    })
}

/// Whether the table exists. Fails if it is not a log.
pub(super) fn exists(connection: &Connection) -> Result<bool> {
    let columns = columns(connection, TABLE)?;
    if columns.is_empty() {
        return Ok(false);
    }
    match difference(&columns, connection)? {
        None => Ok(true),
        Some(_) if is_of_splice(&columns) => Err(Error::Schema {
            path: errors::path(connection),
            table: TABLE,
            reason: "splice keeps its own log in it, with other columns: import it into another \
                 file with `execlog import`"
                .to_owned(),
        }),
        Some(reason) => Err(not_a_log(connection, TABLE, &reason)),
    }
}

pub(super) fn not_a_log(connection: &Connection, table: &'static str, reason: &str) -> Error {
    Error::Schema {
        path: errors::path(connection),
        table,
        reason: format!("{reason}; rename it, or keep the log in another file"),
    }
}

/// Whether the table is the log that splice keeps in `.splice/operations.db`.
fn is_of_splice(columns: &[Column]) -> bool {
    const OF_SPLICE: [&str; 4] = ["operation_type", "workspace", "command_line", "created_at"];
    let has_column = |name: &&str| columns.iter().any(|column| column.name == **name);
    OF_SPLICE.iter().all(has_column)
}

/// The columns of a table. Empty if the table does not exist.
pub(super) fn columns(connection: &Connection, table: &str) -> Result<Vec<Column>> {
    let mut columns = connection
        .prepare(
            "SELECT name, \"notnull\", dflt_value, pk, type FROM pragma_table_info(?1, 'main')",
        )
        .failing_on(connection)?;
    columns
        .query_map([table], Column::from_row)
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
        .failing_on(connection)
}

pub(super) struct Column {
    pub(super) name: String,
    must_be_given: bool,
    pub(super) is_primary_key: bool,
    declared_type: String,
}

impl Column {
    fn from_row(row: &Row) -> rusqlite::Result<Self> {
        let default: Option<String> = row.get(2)?;
        Ok(Self {
            name: row.get(0)?,
            must_be_given: row.get(1)? && default.is_none(),
            is_primary_key: row.get::<_, i64>(3)? > 0,
            declared_type: row.get::<_, String>(4)?.to_uppercase(),
        })
    }
}

fn difference(columns: &[Column], connection: &Connection) -> Result<Option<String>> {
    for needed in COLUMNS {
        let Some(column) = columns.iter().find(|column| column.name == needed) else {
            return Ok(Some(format!("it has no column `{needed}`")));
        };
        // Only an `INTEGER PRIMARY KEY` is the row number, which SQLite assigns.
        let is_row_number = column.is_primary_key && column.declared_type == "INTEGER";
        if needed == "id" && !is_row_number {
            return Ok(Some("its `id` is not `INTEGER PRIMARY KEY`".to_owned()));
        }
        if needed != "id" && column.is_primary_key {
            return Ok(Some(format!("`{needed}` is in its primary key")));
        }
        if needed == "execution_id" && column.declared_type != "TEXT" {
            return Ok(Some("its `execution_id` is not `TEXT`".to_owned()));
        }
    }
    let foreign = |column: &&Column| !COLUMNS.contains(&column.name.as_str());
    let unknown = columns.iter().filter(foreign);
    if let Some(column) = unknown.into_iter().find(|column| column.must_be_given) {
        return Ok(Some(format!("its column `{}` has no default", column.name)));
    }
    let sql = "SELECT count(*) FROM pragma_index_list('execution_log', 'main') AS list \
         WHERE list.\"unique\" AND NOT list.partial AND (SELECT group_concat(name) \
         FROM pragma_index_info(list.name, 'main')) = 'execution_id'";
    let unique: i64 = connection
        .query_row(sql, [], |row| row.get(0))
        .failing_on(connection)?;
    Ok((unique == 0).then(|| "its `execution_id` is not unique".to_owned()))
}

/// Whether the table and its indexes exist. A quick check by name.
fn has_all_names(connection: &Connection) -> Result<bool> {
    let sql = format!("SELECT count(*) FROM main.sqlite_master WHERE name IN ({OBJECTS})");
    let count: i64 = connection
        .query_row(&sql, [], |row| row.get(0))
        .failing_on(connection)?;
    Ok(count == 4)
}
