//! The runs of a selection, read page by page.

use super::SqliteStore;
use super::conditions::Conditions;
use super::errors::Failing;
use super::row::{Columns, Position};
use crate::error::Result;
use crate::model::StoredRun;
use crate::query::{Contexts, Order, Selection};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

/// Reads the rows of a page, and then gives the runs.
pub(super) trait RowReader {
    /// What the page keeps of a row.
    type Row;
    type Run;
    /// The largest number of rows in a page.
    const LARGEST_PAGE: usize;

    /// The columns to select, where whole runs have these.
    fn columns(&self, whole: Columns) -> Columns {
        whole
    }

    fn read(&mut self, columns: Columns, row: &Row) -> Result<Self::Row>;

    /// Whether the page ends with the row that was read last, because its rows take much memory.
    fn is_full(&self) -> bool {
        false
    }

    /// Completes the rows of a page, when all were read. `whole` are the columns of whole runs.
    fn end_page(
        &mut self,
        _connection: &Connection,
        _whole: Columns,
        _rows: &mut Vec<Result<Self::Row>>,
    ) -> Result<()> {
        Ok(())
    }

    /// The run of a row in the page, or `None` if it is not selected.
    fn run(&self, row: Self::Row, selection: &Selection) -> Option<Self::Run>;
}

/// Reads whole runs.
pub(super) struct WholeRuns;

impl RowReader for WholeRuns {
    type Row = StoredRun;
    type Run = StoredRun;
    const LARGEST_PAGE: usize = 256;

    fn read(&mut self, columns: Columns, row: &Row) -> Result<StoredRun> {
        columns.read(row)
    }

    fn run(&self, row: StoredRun, selection: &Selection) -> Option<StoredRun> {
        is_selected(&row, selection).then_some(row)
    }
}

/// The runs of a selection, read page by page.
///
/// Between pages no statement is open. So the caller may use the log during the iteration, and does not
/// block writers. A run that is added meanwhile appears only if it sorts after the runs already read.
pub(super) struct Pages<'a, R: RowReader> {
    store: &'a SqliteStore,
    reader: R,
    selection: Selection,
    page: std::vec::IntoIter<Result<R::Row>>,
    /// The number of rows in the next page. It grows, since not every row that is read is selected.
    size: usize,
    largest: usize,
    next: Next,
}

/// The start of the next page.
///
/// The rest of a second is read apart from the following seconds. With an equality SQLite reads the
/// rows of a second in the order of their numbers, page after page. A page over several seconds has to
/// sort each whole second.
enum Next {
    First,
    /// In the same second.
    Rest(Position),
    /// In the following seconds.
    Following(Position),
    /// Rows with a NULL start, in a table that magellan did not create.
    Unplaced,
    End,
}

impl<'a, R: RowReader> Pages<'a, R> {
    pub(super) fn new(store: &'a SqliteStore, reader: R, selection: Selection) -> Self {
        // With a status condition most rows that are read may be dropped.
        let is_exact = selection.filter.statuses.is_empty() && selection.context_filter.is_empty();
        let wanted = selection.wanted.filter(|_| is_exact);
        let wanted = wanted.unwrap_or(R::LARGEST_PAGE);
        // Each page of this query sorts all its rows. Doubling the page size keeps the number of sorts
        // low.
        let is_sorted_anew = selection.filter.is_only_running();
        Self {
            store,
            reader,
            size: wanted.clamp(1, R::LARGEST_PAGE),
            largest: if is_sorted_anew {
                usize::MAX
            } else {
                R::LARGEST_PAGE
            },
            selection,
            page: Vec::new().into_iter(),
            next: Next::First,
        }
    }

    /// Reads the next page. Returns whether there was one.
    fn turn(&mut self) -> Result<bool> {
        let next = std::mem::replace(&mut self.next, Next::End);
        if let Next::End = next {
            return Ok(false);
        }
        let found = self.store.existing(|connection| {
            let columns = match self.selection.contexts {
                Contexts::None => Columns::Record,
                Contexts::ForStatus => self.store.columns(connection)?.for_status(),
                Contexts::All => self.store.columns(connection)?,
            };
            let query = Query {
                columns,
                selection: &self.selection,
                next: &next,
                size: self.size,
            };
            query.read(connection, &mut self.reader)
        })?;
        let Some(Page {
            rows,
            last,
            is_full,
        }) = found
        else {
            return Ok(false);
        };
        self.next = match (last, next) {
            (_, Next::Unplaced) => Next::End,
            (Some(last), _) if is_full => Next::Rest(last),
            // Sorted by number, every row has a place.
            _ if self.selection.order == Order::AsAdded => Next::End,
            (Some(last), Next::Rest(_)) | (None, Next::Rest(last)) => Next::Following(last),
            _ => Next::Unplaced,
        };
        self.size = self.largest.min(self.size.saturating_mul(2));
        self.page = rows.into_iter();
        Ok(true)
    }
}

impl<R: RowReader> Iterator for Pages<'_, R> {
    type Item = Result<R::Run>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.page.next() {
                Some(Ok(row)) => {
                    if let Some(run) = self.reader.run(row, &self.selection) {
                        return Some(Ok(run));
                    }
                }
                Some(Err(error)) => return Some(Err(error)),
                None => match self.turn() {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(error) => return Some(Err(error)),
                },
            }
        }
    }
}

/// Checks the conditions. SQLite may have matched JSON escapes instead of the text.
pub(super) fn is_selected(run: &StoredRun, selection: &Selection) -> bool {
    selection.filter.matches(&run.record)
        && selection.context_filter.matches(run.context.as_deref())
}

/// The query for a page.
struct Query<'a> {
    /// The columns of whole runs.
    columns: Columns,
    selection: &'a Selection,
    next: &'a Next,
    /// The number of rows.
    size: usize,
}

struct Page<T> {
    rows: Vec<Result<T>>,
    /// The position of the last row.
    last: Option<Position>,
    /// Whether there may be more rows like these.
    is_full: bool,
}

impl Query<'_> {
    fn read<R: RowReader>(&self, connection: &Connection, reader: &mut R) -> Result<Page<R::Row>> {
        let columns = reader.columns(self.columns);
        let (sql, values) = self.sql(columns);
        let mut statement = connection.prepare_cached(&sql).failing_on(connection)?;
        let rows = statement.query(params_from_iter(values));
        let mut found = rows.failing_on(connection)?;
        let mut page = Page {
            rows: Vec::with_capacity(self.size.min(R::LARGEST_PAGE)),
            last: None,
            is_full: false,
        };
        while let Some(row) = found.next().failing_on(connection)? {
            page.rows.push(reader.read(columns, row));
            page.is_full = page.rows.len() == self.size || reader.is_full();
            if page.is_full && !matches!(self.next, Next::Unplaced) {
                page.last = Some(Columns::position(row).failing_on(connection)?);
                break;
            }
        }
        reader.end_page(connection, self.columns, &mut page.rows)?;
        Ok(page)
    }

    fn sql(&self, columns: Columns) -> (String, Vec<Value>) {
        let selection = self.selection;
        let (order, beyond) = match selection.order {
            Order::NewestFirst => ("run.started_at DESC, run.id DESC", "<"),
            Order::OldestFirst => ("run.started_at ASC, run.id ASC", ">"),
            Order::AsAdded => ("run.id ASC", ">"),
        };
        let is_by_number = selection.order == Order::AsAdded;
        let mut conditions = Conditions::default();
        conditions.add_filter(&selection.filter);
        conditions.add_context_filter(&selection.context_filter, columns);
        match self.next {
            Next::First | Next::End if is_by_number => conditions.add("TRUE", []),
            Next::Rest(Position { id, .. }) if is_by_number => {
                conditions.add("run.id > ?", [Value::Integer(*id)]);
            }
            Next::First | Next::End => conditions.add("run.started_at IS NOT NULL", []),
            Next::Rest(position) => {
                conditions.add_start("=", position);
                let id = Value::Integer(position.id);
                conditions.add(format!("run.id {beyond} ?"), [id]);
            }
            Next::Following(position) => conditions.add_start(beyond, position),
            Next::Unplaced => conditions.add("run.started_at IS NULL", []),
        }
        let limit = match self.next {
            Next::Unplaced => -1,
            _ => i64::try_from(self.size).unwrap_or(i64::MAX),
        };
        conditions.values.push(Value::Integer(limit));
        let sql = columns.select(&format!(
            "WHERE {} ORDER BY {order} LIMIT ?",
            conditions.sql.join(" AND ")
        ));
        (sql, conditions.values)
    }
}
