mod row;
mod schema;
mod source;

use super::{Finish, LogStore};
use crate::{Error, ExecutionRecord, Reindexed, Result};
use rusqlite::{Connection, DatabaseName, OptionalExtension, named_params, params};
use source::{Failing, Source};
use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

/// A log in the table `execution_log` of a SQLite database.
pub(crate) struct SqliteStore {
    source: Source,
    /// The table was seen to be there, and to be a log.
    has_table: Cell<bool>,
}

impl SqliteStore {
    pub(crate) fn file(path: &Path) -> Self {
        Self::new(Source::file(path))
    }

    pub(crate) fn memory() -> Self {
        Self::new(Source::memory())
    }

    pub(crate) fn shared(connection: Arc<parking_lot::Mutex<Connection>>) -> Self {
        Self::new(Source::shared(connection))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            has_table: Cell::new(false),
        }
    }

    /// Runs `work` on a database that has the table, made here if need be.
    fn write<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.source.with_created(|connection| {
            if !self.has_table.get() {
                schema::create(connection, self.source.is_own())?;
                self.remember_table(connection);
            }
            work(connection)
        })
    }

    /// In a transaction of the host's the table may have been made by it, and go with it.
    fn remember_table(&self, connection: &Connection) {
        self.has_table.set(connection.is_autocommit());
    }

    /// Runs `work` on a database that has the table, or gives `None` where file or table is
    /// missing. Creates neither.
    fn existing<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<Option<T>> {
        let found = self.source.with_existing(|connection| {
            if !self.has_table.get() {
                if !schema::exists(connection)? {
                    return Ok(None);
                }
                self.remember_table(connection);
            }
            work(connection).map(Some)
        })?;
        Ok(found.flatten())
    }
}

impl LogStore for SqliteStore {
    fn prepare(&self) -> Result<()> {
        self.has_table.set(false);
        self.write(|connection| {
            let main = DatabaseName::Main;
            if connection.is_readonly(main).failing_on(connection)? {
                return Err(Error::ReadOnly {
                    path: source::path(connection),
                });
            }
            Ok(())
        })
    }

    fn insert(&self, record: ExecutionRecord) -> Result<i64> {
        self.write(|connection| {
            let inserted = connection
                .prepare_cached(
                    "INSERT OR ABORT INTO main.execution_log (execution_id, tool_version, args, root, db_path, \
                     started_at, finished_at, duration_ms, outcome, error_message, files_indexed, \
                     symbols_indexed, references_indexed) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                )
                .and_then(|mut statement| {
                    statement.insert(params![
                        record.execution_id,
                        record.tool_version,
                        record.args,
                        record.root,
                        record.db_path,
                        record.started_at,
                        record.finished_at,
                        record.duration_ms,
                        record.outcome,
                        record.error_message,
                        record.files_indexed,
                        record.symbols_indexed,
                        record.references_indexed,
                    ])
                });
            match inserted {
                // A table with more columns may have more rules than that of the id.
                Err(error) if is_unique(&error) && read(connection, &record.execution_id)?.is_some() => {
                    Err(Error::duplicate(&record.execution_id))
                }
                other => other.failing_on(connection),
            }
        })
    }

    fn finish(&self, execution_id: &str, finish: &Finish) -> Result<()> {
        let finished = self.existing(|connection| {
            let duration_ms = match finish.measured_ms {
                Some(measured) => measured,
                None => match read(connection, execution_id)? {
                    Some(record) => finish.duration_ms(record?.started_at),
                    None => return Err(Error::not_found(execution_id)),
                },
            };
            let changed = connection
                .prepare_cached(
                    "UPDATE main.execution_log SET finished_at = :finished_at, \
                     duration_ms = :duration_ms, outcome = :outcome, \
                     error_message = :error_message, files_indexed = :files, \
                     symbols_indexed = :symbols, references_indexed = :references \
                     WHERE execution_id = :execution_id AND outcome = 'running'",
                )
                .and_then(|mut statement| {
                    statement.execute(named_params! {
                        ":finished_at": finish.finished_at,
                        ":duration_ms": duration_ms,
                        ":outcome": finish.outcome.as_str(),
                        ":error_message": finish.error_message,
                        ":files": finish.files,
                        ":symbols": finish.symbols,
                        ":references": finish.references,
                        ":execution_id": execution_id,
                    })
                })
                .failing_on(connection)?;
            if changed == 0 {
                return Err(why_not_running(connection, execution_id)?);
            }
            Ok(())
        })?;
        finished.ok_or_else(|| Error::not_found(execution_id))
    }

    /// Every write is committed when it returns.
    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn get(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        let found = self.existing(|connection| read(connection, execution_id)?.transpose())?;
        Ok(found.flatten())
    }

    fn newest(&self, limit: Option<usize>) -> Result<Vec<Result<ExecutionRecord>>> {
        let limit = limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let found = self.existing(|connection| {
            let sql = select("ORDER BY started_at DESC, id DESC LIMIT ?1");
            let mut statement = connection.prepare_cached(&sql).failing_on(connection)?;
            statement
                .query_map([limit], |row| Ok(row::record(row)))
                .and_then(Iterator::collect)
                .failing_on(connection)
        })?;
        Ok(found.unwrap_or_default())
    }

    fn remove(&self, execution_ids: &[&str]) -> Result<()> {
        let execution_ids = serde_json::Value::from(execution_ids).to_string();
        let removed = self.existing(|connection| {
            connection
                .execute(
                    "DELETE FROM main.execution_log \
                     WHERE execution_id IN (SELECT value FROM json_each(?1))",
                    [execution_ids],
                )
                .failing_on(connection)
        });
        removed.map(drop)
    }

    fn reindex(&self) -> Result<Reindexed> {
        let runs = self.existing(|connection| {
            connection
                .execute_batch("REINDEX main.execution_log")
                .and_then(|()| {
                    connection.query_row("SELECT count(*) FROM main.execution_log", [], |row| {
                        row.get::<_, i64>(0)
                    })
                })
                .failing_on(connection)
        })?;
        Ok(Reindexed {
            runs: runs.and_then(|runs| runs.try_into().ok()).unwrap_or(0),
            added: 0,
            removed: 0,
            was_right: true,
        })
    }

    fn connect(&self) -> Result<Connection> {
        let connection = self.source.connect()?;
        schema::set_up_new(&connection)?;
        Ok(connection)
    }
}

/// A query for whole records, whose columns [`row::record`] takes in this order.
fn select(rest: &str) -> String {
    let columns = schema::COLUMNS.join(", ");
    format!("SELECT {columns} FROM main.execution_log {rest}")
}

fn is_unique(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE)
}

/// The run with this id, or an error in its place if the row cannot be read.
fn read(connection: &Connection, execution_id: &str) -> Result<Option<Result<ExecutionRecord>>> {
    let sql = select("WHERE execution_id = ?1");
    let mut statement = connection.prepare_cached(&sql).failing_on(connection)?;
    statement
        .query_row([execution_id], |row| Ok(row::record(row)))
        .optional()
        .failing_on(connection)
}

fn why_not_running(connection: &Connection, execution_id: &str) -> Result<Error> {
    Ok(match read(connection, execution_id)? {
        Some(record) => Error::already_finished(execution_id, &record?.outcome),
        None => Error::not_found(execution_id),
    })
}
