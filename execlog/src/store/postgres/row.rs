//! Reads runs from rows, and writes them as lists, one for each column.

use super::columns::{CONTEXT, Kind, OF_LOG, RECORD, of_table};
use super::errors::Problem;
use super::text::{escaped, unescaped};
use super::value::Value;
use crate::error::{Error, Result};
use crate::model::{ExecutionContext, ExecutionRecord, StoredRun};
use crate::store::rows::{ColumnReader, corrupt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::LazyLock;
use tokio_postgres::Row;
use tokio_postgres::types::FromSqlOwned;

/// Whether to read the contexts of runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    Record,
    RecordAndContext,
}

static RECORD_COLUMNS: LazyLock<String> = LazyLock::new(|| of_table("run", &RECORD));

static BOTH_COLUMNS: LazyLock<String> = LazyLock::new(|| {
    let (record, context) = (of_table("run", &RECORD), of_table("context", &CONTEXT));
    format!("{record}, {context}")
});

impl Columns {
    /// A query for runs, with these clauses.
    pub(super) fn select(self, clauses: &str) -> String {
        self.select_with("", clauses)
    }

    /// A query for runs with more columns behind theirs, and with these clauses.
    pub(super) fn select_with(self, more: &str, clauses: &str) -> String {
        match self {
            Self::Record => format!(
                "SELECT {}{more} FROM execlog.execution_log AS run {clauses}",
                *RECORD_COLUMNS
            ),
            Self::RecordAndContext => format!(
                "SELECT {}{more} FROM execlog.execution_log AS run \
                 LEFT JOIN execlog.execlog_context AS context \
                 ON context.execution_id = run.execution_id {clauses}",
                *BOTH_COLUMNS
            ),
        }
    }

    /// The number of the columns of a run.
    pub(super) fn count(self) -> usize {
        match self {
            Self::Record => RECORD.len(),
            Self::RecordAndContext => RECORD.len() + CONTEXT.len(),
        }
    }

    /// The run of a row.
    pub(super) fn read(self, row: &Row) -> Result<StoredRun> {
        let mut columns = Reader { row, next: 0 };
        let record = columns.record()?;
        let context = match self {
            Self::RecordAndContext if columns.has_value() => Some(columns.context()?),
            _ => None,
        };
        let context = context.filter(|context| context.belongs_to(&record));
        Ok(StoredRun {
            record,
            context: context.map(Box::new),
        })
    }
}

/// The number of a row's run.
pub(super) fn number(row: &Row) -> Result<i64, Problem> {
    Ok(row.try_get(0)?)
}

/// The start of a row's run.
pub(super) fn started_at(row: &Row) -> Result<i64, Problem> {
    Ok(row.try_get(6)?)
}

/// Reads the columns of a row in order.
struct Reader<'a> {
    row: &'a Row,
    next: usize,
}

impl ColumnReader for Reader<'_> {
    fn text(&mut self) -> Result<String> {
        self.take().map(unescaped)
    }

    fn text_or_null(&mut self) -> Result<Option<String>> {
        Ok(self.take::<Option<String>>()?.map(unescaped))
    }

    fn integer(&mut self) -> Result<i64> {
        self.take()
    }

    fn integer_or_null(&mut self) -> Result<Option<i64>> {
        self.take()
    }

    fn flag(&mut self) -> Result<bool> {
        self.take()
    }

    fn json<T: DeserializeOwned + Default>(&mut self) -> Result<T> {
        let Some(text) = self.text_or_null()? else {
            return Ok(T::default());
        };
        serde_json::from_str(&text).map_err(|error| self.corrupt(self.next - 1, &error))
    }
}

impl Reader<'_> {
    /// Whether the next column is not NULL.
    fn has_value(&self) -> bool {
        let value = self.row.try_get::<_, Option<&str>>(self.next);
        value.is_ok_and(|value| value.is_some())
    }

    fn take<T: FromSqlOwned>(&mut self) -> Result<T> {
        let column = self.next;
        self.next += 1;
        let value = self.row.try_get(column);
        value.map_err(|error| self.corrupt(column, &error))
    }

    fn corrupt(&self, column: usize, error: &dyn std::error::Error) -> Error {
        let id = self.row.try_get(0).unwrap_or_default();
        corrupt(id, column, error)
    }
}

/// Where a run comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) log: i64,
    /// Its number in that log.
    pub(super) number: i64,
    /// The place of its newest seal in that log, as it was when the run was read. 0 if it has none.
    pub(super) sequence: i64,
}

/// The lists of the columns of records, with those of their logs.
pub(super) fn lists_of_records<'a>(
    runs: &(impl Iterator<Item = (&'a ExecutionRecord, Origin)> + Clone),
) -> Vec<Value> {
    let mut lists = Lists::default();
    for (kind, get) in RECORD.iter().zip(GET_RECORD) {
        lists.add(kind.1, runs.clone().map(|(record, _)| get(record)));
    }
    for (kind, get) in OF_LOG.iter().zip(GET_OF_LOG) {
        lists.add(
            kind.1,
            runs.clone().map(|(record, origin)| get(record, origin)),
        );
    }
    lists.0
}

/// The lists of the columns of contexts.
pub(super) fn lists_of_contexts<'a>(
    contexts: &(impl Iterator<Item = &'a ExecutionContext> + Clone),
) -> Vec<Value> {
    let mut lists = Lists::default();
    for (kind, get) in CONTEXT.iter().zip(GET_CONTEXT) {
        lists.add(kind.1, contexts.clone().map(get));
    }
    lists.0
}

/// A value of a column.
enum Cell {
    Text(Option<String>),
    Integer(Option<i64>),
    Flag(bool),
}

fn text(text: &str) -> Cell {
    Cell::Text(Some(escaped(text).into_owned()))
}

fn optional(given: Option<&String>) -> Cell {
    given.map_or(Cell::Text(None), |given| text(given))
}

fn json<T: Serialize + Default + PartialEq>(value: &T) -> Cell {
    if *value == T::default() {
        return Cell::Text(None);
    }
    let value = serde_json::to_string(value).unwrap_or_default();
    text(&value)
}

const GET_RECORD: [fn(&ExecutionRecord) -> Cell; RECORD.len()] = [
    |record| Cell::Integer(Some(record.id)),
    |record| text(&record.execution_id),
    |record| text(&record.tool_version),
    |record| text(&record.args),
    |record| optional(record.root.as_ref()),
    |record| text(&record.db_path),
    |record| Cell::Integer(Some(record.started_at)),
    |record| Cell::Integer(record.finished_at),
    |record| Cell::Integer(record.duration_ms),
    |record| text(&record.outcome),
    |record| optional(record.error_message.as_ref()),
    |record| Cell::Integer(Some(record.files_indexed)),
    |record| Cell::Integer(Some(record.symbols_indexed)),
    |record| Cell::Integer(Some(record.references_indexed)),
];

const GET_OF_LOG: [fn(&ExecutionRecord, Origin) -> Cell; OF_LOG.len()] = [
    |record, _| match record.first_argument() {
        Some(command) => text(&command),
        None => Cell::Text(None),
    },
    |_, origin| Cell::Integer(Some(origin.log)),
    |_, origin| Cell::Integer(Some(origin.number)),
    |_, origin| Cell::Integer(Some(origin.sequence)),
];

const GET_CONTEXT: [fn(&ExecutionContext) -> Cell; CONTEXT.len()] = [
    |context| text(&context.execution_id),
    |context| Cell::Integer(Some(context.started_at_ms)),
    |context| Cell::Integer(context.ended_at_ms),
    |context| Cell::Integer(context.process_id),
    |context| optional(context.program.as_ref()),
    |context| optional(context.host.as_ref()),
    |context| optional(context.user.as_ref()),
    |context| optional(context.working_directory.as_ref()),
    |context| Cell::Integer(context.exit_code),
    |context| optional(context.parent_execution_id.as_ref()),
    |context| optional(context.revision.as_ref()),
    |context| optional(context.branch.as_ref()),
    |context| optional(context.lock.as_ref()),
    |context| Cell::Flag(context.crashed),
    |context| optional(context.trace_id.as_ref()),
    |context| json(&context.labels),
    |context| json(&context.counters),
    |context| json(&context.phases),
    |context| Cell::Integer(context.cpu_ms),
    |context| Cell::Integer(context.peak_memory_bytes),
    |context| optional(context.pin.as_ref()),
];

#[derive(Default)]
struct Lists(Vec<Value>);

impl Lists {
    /// Adds the list of a column. The kind of the column is that of its values.
    fn add(&mut self, kind: Kind, cells: impl Iterator<Item = Cell>) {
        let mut list = match kind {
            Kind::Text => Value::Texts(Vec::new()),
            Kind::Integer => Value::Integers(Vec::new()),
            Kind::Flag => Value::Flags(Vec::new()),
        };
        for cell in cells {
            match (&mut list, cell) {
                (Value::Texts(list), Cell::Text(text)) => list.push(text),
                (Value::Integers(list), Cell::Integer(integer)) => list.push(integer),
                (Value::Flags(list), Cell::Flag(flag)) => list.push(flag),
                _ => {}
            }
        }
        self.0.push(list);
    }
}
