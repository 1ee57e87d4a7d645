//! The log of a team, on a throwaway server.

use super::{Edit, Make, START, Subject};
use crate::postgres::{Database, Row, Server};
use execlog::clock::ManualClock;
use execlog::{ExecutionLog, ExecutionRecord, LocalLog};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// The log, kept open. None where PostgreSQL is not installed.
pub(super) fn held() -> Option<(String, Make)> {
    made("postgres", false)
}

/// The log, opened anew for each call. None where PostgreSQL is not installed.
pub(super) fn reopened() -> Option<(String, Make)> {
    made("postgres_reopened", true)
}

fn made(kind: &str, for_every_call: bool) -> Option<(String, Make)> {
    let server = Server::shared()?;
    let make = move || Box::new(OnServer::new(server, for_every_call)) as Box<dyn Subject>;
    Some((kind.to_owned(), Box::new(make)))
}

struct OnServer {
    /// Declared before the database, so that the log is closed before it is emptied.
    opened: RefCell<Option<Rc<LocalLog>>>,
    database: Database<'static>,
    clock: ManualClock,
    locks: tempfile::TempDir,
    for_every_call: bool,
}

impl OnServer {
    fn new(server: &'static Server, for_every_call: bool) -> Self {
        Self {
            opened: RefCell::default(),
            database: server.database(),
            clock: ManualClock::at(START),
            locks: tempfile::tempdir().expect("a temporary folder"),
            for_every_call,
        }
    }
}

impl Subject for OnServer {
    fn log(&self) -> Rc<LocalLog> {
        if self.for_every_call {
            self.close();
        }
        let mut opened = self.opened.borrow_mut();
        let log = opened.get_or_insert_with(|| {
            let log = ExecutionLog::open(self.database.url()).expect("a server");
            let log = log.with_lock_folder(self.locks.path());
            Rc::new(log.with_clock(self.clock.clone()))
        });
        Rc::clone(log)
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }

    fn locks(&self) -> &Path {
        self.locks.path()
    }

    fn close(&self) -> bool {
        self.opened.take().is_some()
    }

    fn edit_record(&self, execution_id: &str, edit: Edit) -> bool {
        let id = quoted(execution_id);
        let columns = "id, execution_id, tool_version, args, root, db_path, started_at, finished_at, \
             duration_ms, outcome, error_message, files_indexed, symbols_indexed, references_indexed";
        let rows = self.database.rows(&format!(
            "SELECT {columns} FROM execlog.execution_log WHERE execution_id = {id}"
        ));
        let edited = edit(record(&rows[0]));
        let Some(edited) = edited else {
            let sql = format!("DELETE FROM execlog.execution_log WHERE execution_id = {id}");
            self.database.sql(&sql);
            return true;
        };
        let number = |number: Option<i64>| number.map_or("NULL".to_owned(), |it| it.to_string());
        let text = |text: Option<&str>| text.map_or("NULL".to_owned(), quoted);
        let values = [
            number(Some(edited.id)),
            text(Some(&edited.execution_id)),
            text(Some(&edited.tool_version)),
            text(Some(&edited.args)),
            text(edited.root.as_deref()),
            text(Some(&edited.db_path)),
            number(Some(edited.started_at)),
            number(edited.finished_at),
            number(edited.duration_ms),
            text(Some(&edited.outcome)),
            text(edited.error_message.as_deref()),
            number(Some(edited.files_indexed)),
            number(Some(edited.symbols_indexed)),
            number(Some(edited.references_indexed)),
        ];
        self.database.sql(&format!(
            "UPDATE execlog.execution_log SET ({columns}) = ({}) WHERE execution_id = {id}",
            values.join(", ")
        ));
        true
    }
}

fn record(row: &Row) -> ExecutionRecord {
    let text = |column: usize| row[column].clone().expect("a text");
    let number = |column: usize| {
        row[column]
            .as_ref()
            .map(|text| text.parse().expect("a number"))
    };
    ExecutionRecord {
        id: number(0).expect("a number"),
        execution_id: text(1),
        tool_version: text(2),
        args: text(3),
        root: row[4].clone(),
        db_path: text(5),
        started_at: number(6).expect("a number"),
        finished_at: number(7),
        duration_ms: number(8),
        outcome: text(9),
        error_message: row[10].clone(),
        files_indexed: number(11).expect("a number"),
        symbols_indexed: number(12).expect("a number"),
        references_indexed: number(13).expect("a number"),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
