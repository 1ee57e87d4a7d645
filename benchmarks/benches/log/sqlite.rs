//! SQLite: execlog, its two statements written by hand, and a new connection for every operation.

use crate::contestant::{Contestant, Log, Result, Store};
use crate::{journal, redb_store, run};
use execlog::parking_lot::Mutex;
use execlog::rusqlite::{self, Connection, OptionalExtension, Row, params};
use execlog::{ExecutionLog, ExecutionRecord, LocalLog};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn store() -> Store {
    Store {
        name: "SQLite",
        contestants: vec![
            Contestant {
                name: "execlog",
                open: Box::new(|path| Ok(Box::new(Execlog(ExecutionLog::new(path).into())))),
                fill: Box::new(|path, length| {
                    fill_execlog(&ExecutionLog::new(path).into(), length)
                }),
            },
            Contestant {
                name: "rusqlite by hand",
                open: Box::new(|path| Ok(Box::new(ByHand(connect(path)?)))),
                fill: Box::new(|path, length| fill_by_hand(connect(path)?, length)),
            },
            Contestant {
                name: "a connection for every operation",
                open: Box::new(|path| Ok(Box::new(Reconnecting(path.to_owned())))),
                fill: Box::new(|path, length| fill_by_hand(Connection::open(path)?, length)),
            },
            Contestant {
                name: "execlog, begin and succeed",
                open: Box::new(|path| Ok(Box::new(Begin(ExecutionLog::new(path).into())))),
                fill: Box::new(|path, length| {
                    fill_execlog(&ExecutionLog::new(path).into(), length)
                }),
            },
            Contestant {
                name: "execlog, without seals",
                open: Box::new(|path| {
                    let log = ExecutionLog::new(path).without_seals();
                    Ok(Box::new(Begin(log.into())))
                }),
                fill: Box::new(|path, length| {
                    fill_execlog(&ExecutionLog::new(path).without_seals().into(), length)
                }),
            },
            Contestant {
                name: "execlog, labels and phases",
                open: Box::new(|path| Ok(Box::new(Details(ExecutionLog::new(path).into())))),
                fill: Box::new(|path, length| {
                    fill_execlog(&ExecutionLog::new(path).into(), length)
                }),
            },
            redb_store::contestant(),
            journal::contestant(),
        ],
    }
}

pub(crate) struct Execlog(pub(crate) LocalLog);

impl Log for Execlog {
    fn start_and_finish(&mut self, id: &str) -> Result {
        Ok(run::start_and_finish(&self.0, id)?)
    }

    fn newest(&mut self) -> Option<Result<usize>> {
        let newest = self.0.get_recent(run::NEWEST);
        Some(newest.map(|newest| newest.len()).map_err(Into::into))
    }

    fn get(&mut self, id: &str) -> Option<Result<bool>> {
        let found = self.0.get_by_id(id);
        Some(found.map(|found| found.is_some()).map_err(Into::into))
    }
}

/// A run with its lock and its context.
pub(crate) struct Begin(pub(crate) LocalLog);

impl Log for Begin {
    fn start_and_finish(&mut self, id: &str) -> Result {
        run::begin_and_succeed(&self.0, id)
    }
}

/// The same with two labels and three phases.
struct Details(LocalLog);

impl Log for Details {
    fn start_and_finish(&mut self, id: &str) -> Result {
        run::begin_and_succeed_with_details(&self.0, id)
    }
}

pub(crate) fn fill_execlog(log: &LocalLog, length: usize) -> Result {
    for number in 0..length {
        log.log_execution(&run::past(number, length))?;
    }
    Ok(())
}

const INSERT: &str = "INSERT INTO execution_log (execution_id, tool_version, args, root, db_path, \
    started_at, finished_at, duration_ms, outcome, error_message, files_indexed, symbols_indexed, \
    references_indexed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
const FINISH: &str = "UPDATE execution_log SET finished_at = ?1, duration_ms = ?2, outcome = ?3, \
    error_message = ?4, files_indexed = ?5, symbols_indexed = ?6, references_indexed = ?7 \
    WHERE execution_id = ?8";
const SELECT: &str = "SELECT id, execution_id, tool_version, args, root, db_path, started_at, \
    finished_at, duration_ms, outcome, error_message, files_indexed, symbols_indexed, \
    references_indexed FROM execution_log";

/// Opens a connection with the settings of execlog's own.
fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

fn fill_by_hand(connection: Connection, length: usize) -> Result {
    let connection = Arc::new(Mutex::new(connection));
    ExecutionLog::with_connection(Arc::clone(&connection)).ensure_schema()?;
    for number in 0..length {
        insert(&connection.lock(), &run::past(number, length))?;
    }
    Ok(())
}

fn insert(connection: &Connection, run: &ExecutionRecord) -> Result {
    connection.prepare_cached(INSERT)?.execute(params![
        run.execution_id,
        run.tool_version,
        run.args,
        run.root,
        run.db_path,
        run.started_at,
        run.finished_at,
        run.duration_ms,
        run.outcome,
        run.error_message,
        run.files_indexed,
        run.symbols_indexed,
        run.references_indexed,
    ])?;
    Ok(())
}

fn finish(connection: &Connection, run: &ExecutionRecord) -> Result {
    connection.prepare_cached(FINISH)?.execute(params![
        run.finished_at,
        run.duration_ms,
        run.outcome,
        run.error_message,
        run.files_indexed,
        run.symbols_indexed,
        run.references_indexed,
        run.execution_id,
    ])?;
    Ok(())
}

fn record(row: &Row) -> rusqlite::Result<ExecutionRecord> {
    Ok(ExecutionRecord {
        id: row.get(0)?,
        execution_id: row.get(1)?,
        tool_version: row.get(2)?,
        args: row.get(3)?,
        root: row.get(4)?,
        db_path: row.get(5)?,
        started_at: row.get(6)?,
        finished_at: row.get(7)?,
        duration_ms: row.get(8)?,
        outcome: row.get(9)?,
        error_message: row.get(10)?,
        files_indexed: row.get(11)?,
        symbols_indexed: row.get(12)?,
        references_indexed: row.get(13)?,
    })
}

fn newest(connection: &Connection) -> Result<usize> {
    let sql = format!("{SELECT} ORDER BY started_at DESC, id DESC LIMIT ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let newest = statement.query_map([run::NEWEST], record)?;
    Ok(newest.collect::<rusqlite::Result<Vec<_>>>()?.len())
}

fn get(connection: &Connection, id: &str) -> Result<bool> {
    let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE execution_id = ?1"))?;
    Ok(statement.query_row([id], record).optional()?.is_some())
}

/// Two prepared statements on one connection.
struct ByHand(Connection);

impl Log for ByHand {
    fn start_and_finish(&mut self, id: &str) -> Result {
        let started = run::started(id);
        insert(&self.0, &started)?;
        finish(&self.0, &run::ended(started))
    }

    fn newest(&mut self) -> Option<Result<usize>> {
        Some(newest(&self.0))
    }

    fn get(&mut self, id: &str) -> Option<Result<bool>> {
        Some(get(&self.0, id))
    }
}

/// A new connection for every operation, with SQLite's default settings.
struct Reconnecting(PathBuf);

impl Log for Reconnecting {
    fn start_and_finish(&mut self, id: &str) -> Result {
        let started = run::started(id);
        insert(&Connection::open(&self.0)?, &started)?;
        finish(&Connection::open(&self.0)?, &run::ended(started))
    }

    fn newest(&mut self) -> Option<Result<usize>> {
        Some(
            Connection::open(&self.0)
                .map_err(Into::into)
                .and_then(|connection| newest(&connection)),
        )
    }

    fn get(&mut self, id: &str) -> Option<Result<bool>> {
        Some(
            Connection::open(&self.0)
                .map_err(Into::into)
                .and_then(|connection| get(&connection, id)),
        )
    }
}
