//! The columns of the two tables, and reading runs from rows.

use super::context_columns::COLUMNS;
use super::json_column::Json;
use super::schema;
use crate::error::Result;
use crate::model::{ExecutionContext, StoredRun};
use crate::store::rows::{ColumnReader, corrupt};
use rusqlite::Row;
use rusqlite::types::{FromSql, Value, ValueRef};
use serde::de::DeserializeOwned;
use std::sync::LazyLock;

/// The columns that a query selects.
#[derive(Clone, Copy)]
pub(super) enum Columns {
    Record,
    RecordAndContext(Whole),
    /// The context only for runs whose status may depend on it.
    RecordAndStatus(Whole),
}

/// Whether the table of contexts has every column.
#[derive(Clone, Copy)]
pub(super) struct Whole(pub(super) bool);

impl Columns {
    /// A query for runs with these columns. `rest` is the text from `WHERE` or `ORDER BY` on.
    pub(super) fn select(self, rest: &str) -> String {
        let head = match self {
            Self::Record => &*SELECT_RECORD,
            Self::RecordAndContext(Whole(true)) => &*SELECT_BOTH,
            Self::RecordAndContext(Whole(false)) => &*SELECT_BOTH_EARLY,
            Self::RecordAndStatus(Whole(true)) => &*SELECT_STATUS,
            Self::RecordAndStatus(Whole(false)) => &*SELECT_STATUS_EARLY,
        };
        format!("{head} {rest}")
    }

    /// The same columns, with contexts only for runs whose status may depend on them.
    pub(super) fn for_status(self) -> Self {
        match self {
            Self::Record => Self::Record,
            Self::RecordAndContext(whole) | Self::RecordAndStatus(whole) => {
                Self::RecordAndStatus(whole)
            }
        }
    }

    /// Whether contexts are read from a table with every column.
    pub(super) fn are_whole(self) -> bool {
        matches!(
            self,
            Self::RecordAndContext(Whole(true)) | Self::RecordAndStatus(Whole(true))
        )
    }

    /// A query for the contexts with the keys of a JSON array, each with the place of its key in the array.
    /// `None` if there is no table of contexts.
    pub(super) fn select_contexts(self) -> Option<String> {
        let (Self::RecordAndContext(whole) | Self::RecordAndStatus(whole)) = self else {
            return None;
        };
        let context = context_columns(whole);
        Some(format!(
            "SELECT wanted.key, {context} FROM json_each(?) AS wanted \
             CROSS JOIN main.execlog_context AS context ON context.execution_id = wanted.value"
        ))
    }

    /// The place of the key, and the context, of a row of [`select_contexts`](Self::select_contexts).
    pub(super) fn read_context(row: &Row) -> (rusqlite::Result<i64>, Result<ExecutionContext>) {
        let context = Reader { row, next: 1 }.context();
        (row.get(0), context)
    }

    /// The number of a row's run.
    pub(super) fn number(row: &Row) -> Result<i64> {
        Reader { row, next: ID }.integer()
    }

    /// The position of a row in the order.
    pub(super) fn position(row: &Row) -> rusqlite::Result<Position> {
        let (started_at, is_text) = match row.get_ref(STARTED_AT)? {
            // As bytes: SQLite allows invalid UTF-8 in a text.
            ValueRef::Text(bytes) => (Value::Blob(bytes.to_vec()), true),
            ValueRef::Blob(bytes) => (Value::Blob(bytes.to_vec()), false),
            ValueRef::Null => (Value::Null, false),
            ValueRef::Integer(number) => (Value::Integer(number), false),
            ValueRef::Real(number) => (Value::Real(number), false),
        };
        Ok(Position {
            started_at,
            is_text,
            id: row.get(ID)?,
        })
    }

    pub(super) fn read(self, row: &Row) -> Result<StoredRun> {
        let mut columns = Reader { row, next: 0 };
        let record = columns.record()?;
        let context = match self {
            Self::RecordAndContext(_) | Self::RecordAndStatus(_) if columns.has_value() => {
                Some(columns.context()?)
            }
            _ => None,
        };
        let context = context.filter(|context| context.belongs_to(&record));
        let context = context.map(Box::new);
        Ok(StoredRun { record, context })
    }
}

/// The stored start of a row's run, and its number.
#[derive(Clone)]
pub(super) struct Position {
    pub(super) started_at: Value,
    /// Whether the value is the bytes of a text.
    pub(super) is_text: bool,
    pub(super) id: i64,
}

const ID: usize = 0;
const STARTED_AT: usize = 6;

static SELECT_RECORD: LazyLock<String> = LazyLock::new(|| {
    let record = list("run", &schema::COLUMNS);
    format!("SELECT {record} FROM main.execution_log AS run")
});

static SELECT_BOTH: LazyLock<String> = LazyLock::new(|| select_both(KEY, Whole(true)));

static SELECT_BOTH_EARLY: LazyLock<String> = LazyLock::new(|| select_both(KEY, Whole(false)));

static SELECT_STATUS: LazyLock<String> = LazyLock::new(|| select_both(KEY_IF_NEEDED, Whole(true)));

static SELECT_STATUS_EARLY: LazyLock<String> =
    LazyLock::new(|| select_both(KEY_IF_NEEDED, Whole(false)));

/// The key of a run's context.
const KEY: &str = "run.execution_id";

/// The key, or NULL for a run whose status does not depend on its context. As a second condition of the
/// join, SQLite would check it only after it has looked up the context.
const KEY_IF_NEEDED: &str =
    "CASE WHEN run.outcome IN ('running', 'error') THEN run.execution_id END";

/// A query for runs, with the contexts of this key.
fn select_both(key: &str, whole: Whole) -> String {
    let record = list("run", &schema::COLUMNS);
    let context = context_columns(whole);
    format!(
        "SELECT {record}, {context} FROM main.execution_log AS run \
         LEFT JOIN main.execlog_context AS context ON context.execution_id = {key}"
    )
}

/// The columns of a context. Those that its table lacks are NULL.
fn context_columns(Whole(is_whole): Whole) -> String {
    let columns = COLUMNS.map(|column| {
        if is_whole || !column.is_added {
            format!("context.{}", column.name)
        } else {
            "NULL".to_owned()
        }
    });
    columns.join(", ")
}

fn list(table: &str, columns: &[&str]) -> String {
    let columns = columns.iter().map(|column| format!("{table}.{column}"));
    columns.collect::<Vec<_>>().join(", ")
}

/// Reads the columns of a row in order.
struct Reader<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl ColumnReader for Reader<'_> {
    fn text(&mut self) -> Result<String> {
        self.take()
    }

    fn text_or_null(&mut self) -> Result<Option<String>> {
        self.take()
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
        self.take::<Json<T>>().map(|Json(value)| value)
    }
}

impl Reader<'_> {
    /// Whether the next column is not NULL.
    fn has_value(&self) -> bool {
        self.row
            .get_ref(self.next)
            .is_ok_and(|value| value != ValueRef::Null)
    }

    fn take<T: FromSql>(&mut self) -> Result<T> {
        let column = self.next;
        self.next += 1;
        self.row.get(column).map_err(|error| {
            let id: i64 = self.row.get(ID).unwrap_or_default();
            corrupt(id, column, &error)
        })
    }
}
