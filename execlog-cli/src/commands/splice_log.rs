//! Reads the log of splice, `.splice/operations.db`. Its table has the name of ours and other columns.

use crate::failure::Failure;
use execlog::rusqlite::{self, Connection, OpenFlags, Row};
use execlog::{ExecutionContext, ExecutionRecord, FileKind, Outcome, Redaction, StoredRun};
use jiff::Timestamp;
use serde_json::Value;
use std::path::{Path, PathBuf};

const COLUMNS: &str = "id, execution_id, operation_type, status, timestamp, workspace, \
     command_line, parameters, result_summary, error_details, duration_ms, created_at";

/// An open log of splice.
pub(super) struct SpliceLog {
    connection: Connection,
    file: PathBuf,
}

impl SpliceLog {
    /// Opens the log to read it. `None` if the file has none.
    pub(super) fn open(file: &Path) -> Option<Self> {
        let is_sqlite = FileKind::of(file).is_ok_and(|kind| kind == FileKind::Sqlite);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = is_sqlite.then(|| Connection::open_with_flags(file, flags).ok())??;
        let has_columns = connection
            .prepare(&format!("SELECT {COLUMNS} FROM execution_log"))
            .is_ok();
        has_columns.then(|| Self {
            connection,
            file: file.to_owned(),
        })
    }

    pub(super) fn count(&self) -> Option<u64> {
        let sql = "SELECT count(*) FROM execution_log";
        let count: Result<i64, _> = self.connection.query_row(sql, [], |row| row.get(0));
        count.ok().and_then(|count| count.try_into().ok())
    }

    /// Passes each run to `each`, or a message if it is not a valid run.
    pub(super) fn for_each(
        &self,
        mut each: impl FnMut(Result<StoredRun, String>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let failed = |error: rusqlite::Error| {
            Failure::failed(format!("cannot read `{}`: {error}", self.file.display()))
        };
        let redaction = Redaction::new();
        let sql = format!("SELECT {COLUMNS} FROM execution_log ORDER BY id");
        let mut operations = self.connection.prepare(&sql).map_err(failed)?;
        let mut rows = operations.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let operation = Operation::from_row(row);
            let operation = operation.map_err(|error| match row.get::<_, i64>(0) {
                Ok(id) => format!("the row {id} of splice: {error}"),
                Err(_) => format!("a row of splice: {error}"),
            });
            each(operation.and_then(|operation| operation.into_run(&redaction)))?;
        }
        Ok(())
    }
}

/// A row of the table.
struct Operation {
    id: i64,
    execution_id: String,
    kind: String,
    status: String,
    /// RFC 3339.
    timestamp: String,
    workspace: Option<String>,
    /// The arguments with spaces between them.
    command_line: Option<String>,
    parameters: Option<String>,
    result_summary: Option<String>,
    error_details: Option<String>,
    duration_ms: Option<i64>,
    /// In seconds since 1970: when the row was written, at the end of the operation.
    created_at: i64,
}

impl Operation {
    fn from_row(row: &Row) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            execution_id: row.get(1)?,
            kind: row.get(2)?,
            status: row.get(3)?,
            timestamp: row.get(4)?,
            workspace: row.get(5)?,
            command_line: row.get(6)?,
            parameters: row.get(7)?,
            result_summary: row.get(8)?,
            error_details: row.get(9)?,
            duration_ms: row.get(10)?,
            created_at: row.get(11)?,
        })
    }

    fn into_run(self, redaction: &Redaction) -> Result<StoredRun, String> {
        let id = &self.execution_id;
        let outcome = match self.status.as_str() {
            "ok" => Outcome::Success,
            "partial" => Outcome::Partial,
            "error" => Outcome::Error,
            other => return Err(format!("the status `{other}` of `{id}` is not known")),
        };
        let written: Timestamp = self
            .timestamp
            .parse()
            .map_err(|_| format!("the time `{}` of `{id}` is not valid", self.timestamp))?;
        let ended_at_ms = written
            .as_millisecond()
            .max(self.created_at.saturating_mul(1000));
        let started_at_ms = ended_at_ms.saturating_sub(self.duration_ms.unwrap_or_default());
        let arguments = redaction.arguments(&self.arguments());
        let workspace = self.workspace.as_deref().map(|path| redaction.text(path));
        let message = |json: &String| redaction.text(&message(json));
        let labels = [
            ("operation", Some(self.kind.clone())),
            (
                "parameters",
                self.parameters.as_deref().map(|text| redaction.text(text)),
            ),
            ("result", self.result_summary.as_ref().map(message)),
        ];
        let labels = labels
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), shortened(value?))));
        let mut context = ExecutionContext::default();
        context.execution_id.clone_from(id);
        context.started_at_ms = started_at_ms;
        context.ended_at_ms = Some(ended_at_ms);
        context.program = Some("splice".to_owned());
        context.working_directory.clone_from(&workspace);
        context.labels = labels.collect();
        let record = ExecutionRecord {
            id: self.id,
            execution_id: id.clone(),
            tool_version: String::new(),
            args: serde_json::to_string(&arguments).map_err(|error| error.to_string())?,
            error_message: self.error_details.as_ref().map(message),
            root: workspace,
            db_path: String::new(),
            started_at: started_at_ms.div_euclid(1000),
            finished_at: Some(ended_at_ms.div_euclid(1000)),
            duration_ms: self.duration_ms,
            outcome: outcome.as_str().to_owned(),
            files_indexed: 0,
            symbols_indexed: 0,
            references_indexed: 0,
        };
        Ok(StoredRun {
            record,
            context: Some(Box::new(context)),
        })
    }

    /// The words of the command line without the program. Without a command line, the type of the operation.
    fn arguments(&self) -> Vec<String> {
        let line = self.command_line.as_deref().unwrap_or_default();
        let words = line.split_whitespace().map(str::to_owned);
        let is_program = |word: &String| word == "splice" || word.ends_with("/splice");
        let is_argument = |(index, word): &(usize, String)| *index > 0 || !is_program(word);
        let arguments = words.enumerate().filter(is_argument);
        let arguments: Vec<_> = arguments.map(|(_, word)| word).collect();
        if arguments.is_empty() {
            return vec![self.kind.clone()];
        }
        arguments
    }
}

/// The `message` of a JSON object. The whole text if there is none.
fn message(json: &str) -> String {
    let object: Option<Value> = serde_json::from_str(json).ok();
    let message = object
        .as_ref()
        .and_then(|object| object["message"].as_str());
    message.unwrap_or(json).to_owned()
}

/// Cuts the value of a label to the length that a run may have.
fn shortened(mut value: String) -> String {
    const LONGEST: usize = 1024;
    let mut end = value.len().min(LONGEST);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    value.truncate(end);
    value
}
