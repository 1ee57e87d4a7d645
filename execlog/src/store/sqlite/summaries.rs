//! Reads runs without their long texts.

use super::errors::Failing;
use super::pages::{RowReader, is_selected};
use super::row::Columns;
use crate::error::Result;
use crate::model::record::first_argument;
use crate::model::{Figures, Outcome, RunSummary, Status, StoredRun, Texts};
use crate::query::{Filter, Selection};
use crate::store::Summarised;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use std::collections::HashMap;
use std::sync::Arc;

/// The bytes of the texts at which a page ends.
const LARGEST_TEXT: usize = 1 << 20;

/// Reads summaries. The texts of a page are in one allocation.
///
/// Every column of a record is checked, but only few are kept. A run is read whole if anything in its row
/// is unusual: it has not ended, or a value has another type. So the answers, errors included, are those
/// for whole runs.
pub(super) struct SummaryReader {
    filter: Filter,
    /// The runs of the page that failed: whether they crashed is in their contexts.
    failed: Failed,
    /// The number of rows of the page so far.
    rows: usize,
    text: String,
    /// The texts of the page whose rows are given.
    page: Arc<str>,
}

/// A row that is to be read whole.
struct Unusual;

/// Runs of a page that failed.
#[derive(Default)]
struct Failed {
    /// Their places in the page.
    places: Vec<usize>,
    execution_ids: Vec<String>,
}

/// What is kept of a row.
pub(super) enum Kept {
    Ended(Figures, Texts),
    /// The number of a run that is to be read whole.
    Number(i64),
    Whole(Box<StoredRun>),
}

impl SummaryReader {
    pub(super) fn new(filter: Filter) -> Self {
        Self {
            filter,
            failed: Failed::default(),
            rows: 0,
            text: String::new(),
            page: Arc::from(""),
        }
    }

    /// Reads a row that has nothing unusual.
    fn ended(&mut self, row: &Row) -> Result<Kept, Unusual> {
        // The columns in the order of `schema::COLUMNS`.
        let id = integer(row, 0)?;
        let execution_id = text(row, 1)?;
        let tool_version = text(row, 2)?;
        let args = text(row, 3)?;
        text_or_null(row, 4)?;
        text(row, 5)?;
        let started_at = integer(row, 6)?;
        integer_or_null(row, 7)?;
        let duration_ms = integer_or_null(row, 8)?;
        let outcome: Outcome = text(row, 9)?.parse().map_err(|_| Unusual)?;
        text_or_null(row, 10)?;
        let figures = Figures {
            id,
            started_at,
            duration_ms,
            files_indexed: integer(row, 11)?,
            symbols_indexed: integer(row, 12)?,
            references_indexed: integer(row, 13)?,
            status: outcome.into(),
        };
        let matches = self
            .filter
            .matches_figures(started_at, outcome.as_str(), duration_ms);
        if !matches {
            return Err(Unusual);
        }
        if outcome == Outcome::Error {
            if execution_id.contains('\0') {
                // SQLite ends a text in JSON there.
                return Err(Unusual);
            }
            self.failed.places.push(self.rows);
            self.failed.execution_ids.push(execution_id.to_owned());
        }
        let command = first_argument(args);
        let texts = Texts::append(
            &mut self.text,
            execution_id,
            tool_version,
            command.as_deref(),
        );
        Ok(Kept::Ended(figures, texts))
    }
}

impl RowReader for SummaryReader {
    type Row = Kept;
    type Run = Summarised;
    const LARGEST_PAGE: usize = 512;

    fn columns(&self, _: Columns) -> Columns {
        Columns::Record
    }

    fn read(&mut self, _: Columns, row: &Row) -> Result<Kept> {
        let kept = match self.ended(row) {
            Ok(kept) => Ok(kept),
            Err(Unusual) => Columns::number(row).map(Kept::Number),
        };
        self.rows += 1;
        kept
    }

    fn is_full(&self) -> bool {
        self.text.len() >= LARGEST_TEXT
    }

    fn end_page(
        &mut self,
        connection: &Connection,
        columns: Columns,
        rows: &mut Vec<Result<Kept>>,
    ) -> Result<()> {
        self.page = Arc::from(self.text.as_str());
        self.text.clear();
        self.rows = 0;
        std::mem::take(&mut self.failed).settle(connection, columns, rows)?;
        let number = |row: &Result<Kept>| match row {
            Ok(Kept::Number(number)) => Some(*number),
            _ => None,
        };
        let numbers: Vec<_> = rows.iter().filter_map(number).collect();
        if numbers.is_empty() {
            return Ok(());
        }
        let mut whole = read_whole(connection, columns, numbers)?;
        let kept = std::mem::take(rows).into_iter();
        let completed = kept.filter_map(|row| match row {
            Ok(Kept::Number(number)) => {
                // A run that was removed meanwhile is left out.
                let run = whole.remove(&number)?;
                Some(run.map(|run| Kept::Whole(Box::new(run))))
            }
            row => Some(row),
        });
        rows.extend(completed);
        Ok(())
    }

    fn run(&self, row: Kept, selection: &Selection) -> Option<Summarised> {
        match row {
            Kept::Ended(figures, texts) => {
                let page = Arc::clone(&self.page);
                Some(Summarised::Ended(RunSummary::new(&figures, texts, page)))
            }
            Kept::Whole(run) => is_selected(&run, selection).then_some(Summarised::Whole(run)),
            Kept::Number(_) => None,
        }
    }
}

impl Failed {
    /// Sets the status of those that crashed. Those whose contexts cannot be read are to be read whole.
    fn settle(
        self,
        connection: &Connection,
        columns: Columns,
        rows: &mut [Result<Kept>],
    ) -> Result<()> {
        let Some(sql) = columns
            .select_contexts()
            .filter(|_| !self.places.is_empty())
        else {
            return Ok(());
        };
        let execution_ids = serde_json::Value::from(self.execution_ids).to_string();
        let mut statement = connection.prepare_cached(&sql).failing_on(connection)?;
        let found = statement.query_map([execution_ids], |row| Ok(Columns::read_context(row)));
        for context in found.failing_on(connection)? {
            let (place, context) = context.failing_on(connection)?;
            let place = usize::try_from(place.failing_on(connection)?).ok();
            let place = place.and_then(|place| self.places.get(place));
            let Some(Ok(kept)) = place.and_then(|place| rows.get_mut(*place)) else {
                continue;
            };
            let Kept::Ended(figures, _) = kept else {
                continue;
            };
            match context {
                Ok(context) if context.started_at() != figures.started_at => {}
                Ok(context) if context.crashed => figures.status = Status::Crashed,
                Ok(_) => {}
                Err(_) => *kept = Kept::Number(figures.id),
            }
        }
        Ok(())
    }
}

/// The runs with these numbers, as far as they exist.
fn read_whole(
    connection: &Connection,
    columns: Columns,
    numbers: Vec<i64>,
) -> Result<HashMap<i64, Result<StoredRun>>> {
    let numbers = serde_json::Value::from(numbers).to_string();
    let sql = columns.select("WHERE run.id IN (SELECT value FROM json_each(?))");
    let mut statement = connection.prepare_cached(&sql).failing_on(connection)?;
    let runs = statement.query_map([numbers], |row| {
        Ok((Columns::number(row), columns.read(row)))
    });
    let mut whole = HashMap::new();
    for run in runs.failing_on(connection)? {
        let (number, run) = run.failing_on(connection)?;
        whole.insert(number?, run);
    }
    Ok(whole)
}

fn integer(row: &Row, column: usize) -> Result<i64, Unusual> {
    integer_or_null(row, column)?.ok_or(Unusual)
}

fn integer_or_null(row: &Row, column: usize) -> Result<Option<i64>, Unusual> {
    match row.get_ref(column) {
        Ok(ValueRef::Integer(number)) => Ok(Some(number)),
        Ok(ValueRef::Null) => Ok(None),
        _ => Err(Unusual),
    }
}

fn text<'row>(row: &'row Row, column: usize) -> Result<&'row str, Unusual> {
    text_or_null(row, column)?.ok_or(Unusual)
}

fn text_or_null<'row>(row: &'row Row, column: usize) -> Result<Option<&'row str>, Unusual> {
    match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) => std::str::from_utf8(bytes).map(Some).map_err(|_| Unusual),
        Ok(ValueRef::Null) => Ok(None),
        _ => Err(Unusual),
    }
}
