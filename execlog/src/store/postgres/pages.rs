//! The runs of a selection, read page by page.

use super::PostgresStore;
use super::conditions::Conditions;
use super::errors::Problem;
use super::row::{Columns, number, started_at};
use super::session::Session;
use super::value::Value;
use crate::error::Result;
use crate::model::StoredRun;
use crate::query::{Contexts, Order, Selection};
use tokio_postgres::Row;

/// The largest number of rows in a page.
const LARGEST_PAGE: usize = 1024;

/// Reads the rows of a page.
pub(super) trait RowReader {
    type Run: Send;
    const LARGEST_PAGE: usize = LARGEST_PAGE;

    /// The query, with these clauses.
    fn select(columns: Columns, clauses: &str) -> String;

    /// The runs of a page, as far as they are selected.
    fn read(
        session: &mut Session,
        columns: Columns,
        rows: &[Row],
        selection: &Selection,
    ) -> Result<Vec<Result<Self::Run>>, Problem>;
}

/// Reads whole runs.
pub(super) struct WholeRuns;

impl RowReader for WholeRuns {
    type Run = StoredRun;

    fn select(columns: Columns, clauses: &str) -> String {
        columns.select(clauses)
    }

    fn read(
        _: &mut Session,
        columns: Columns,
        rows: &[Row],
        selection: &Selection,
    ) -> Result<Vec<Result<StoredRun>>, Problem> {
        let runs = rows.iter().map(|row| columns.read(row));
        let runs = runs.filter(|run| run.as_ref().map_or(true, |run| is_selected(run, selection)));
        Ok(runs.collect())
    }
}

/// Checks the conditions. The server may have matched JSON escapes instead of the text.
pub(super) fn is_selected(run: &StoredRun, selection: &Selection) -> bool {
    selection.filter.matches(&run.record)
        && selection.context_filter.matches(run.context.as_deref())
}

/// The runs of a selection, read page by page.
///
/// Between pages nothing is open in the server. A run that is added meanwhile appears only if it sorts after
/// the runs already read.
pub(super) struct Pages<'a, R: RowReader> {
    store: &'a PostgresStore,
    selection: Selection,
    page: std::vec::IntoIter<Result<R::Run>>,
    /// The number of rows in the next page. It grows, since not every row that is read is selected.
    size: usize,
    next: Next,
}

/// The start of the next page.
#[derive(Debug, Clone, Copy)]
enum Next {
    First,
    /// After the run with this start and number.
    After(i64, i64),
    End,
}

/// The runs of a page, and the start of the next.
type Page<Run> = (Vec<Result<Run>>, Next);

impl<'a, R: RowReader> Pages<'a, R> {
    pub(super) fn new(store: &'a PostgresStore, selection: Selection) -> Self {
        // With a status condition most rows that are read may be dropped.
        let is_exact = selection.filter.statuses.is_empty() && selection.context_filter.is_empty();
        let wanted = selection.wanted.filter(|_| is_exact);
        let size = wanted.unwrap_or(256).clamp(1, R::LARGEST_PAGE);
        Self {
            store,
            selection,
            page: Vec::new().into_iter(),
            size,
            next: Next::First,
        }
    }

    /// Reads the next page. Returns whether there was one.
    fn turn(&mut self) -> Result<bool> {
        let next = std::mem::replace(&mut self.next, Next::End);
        if let Next::End = next {
            return Ok(false);
        }
        let (selection, size) = (&self.selection, self.size);
        let found = self
            .store
            .existing(|session| read_page::<R>(session, selection, next, size))?;
        let Some((runs, next)) = found else {
            return Ok(false);
        };
        self.next = next;
        self.size = R::LARGEST_PAGE.min(self.size.saturating_mul(4));
        self.page = runs.into_iter();
        Ok(true)
    }
}

fn read_page<R: RowReader>(
    session: &mut Session,
    selection: &Selection,
    next: Next,
    size: usize,
) -> Result<Page<R::Run>, Problem> {
    let columns = match selection.contexts {
        Contexts::None => Columns::Record,
        Contexts::ForStatus | Contexts::All => Columns::RecordAndContext,
    };
    let (order, beyond) = match selection.order {
        Order::NewestFirst => ("run.started_at DESC, run.id DESC", "<"),
        Order::OldestFirst => ("run.started_at, run.id", ">"),
        Order::AsAdded => ("run.id", ">"),
    };
    let mut conditions = Conditions::default();
    conditions.add_filter(&selection.filter);
    conditions.add_context_filter(&selection.context_filter);
    if let Next::After(start, id) = next {
        let id = conditions.place(Value::integer(id));
        if selection.order == Order::AsAdded {
            conditions.add(format!("run.id > {id}"));
        } else {
            let start = conditions.place(Value::integer(start));
            conditions.add(format!("(run.started_at, run.id) {beyond} ({start}, {id})"));
        }
    }
    let limit = conditions.place(Value::count(size));
    let clauses = format!(
        "WHERE {} ORDER BY {order} LIMIT {limit}",
        conditions.joined()
    );
    let rows = session.query(&R::select(columns, &clauses), &conditions.values)?;
    let next = match rows.last() {
        Some(last) if rows.len() == size => Next::After(started_at(last)?, number(last)?),
        _ => Next::End,
    };
    Ok((R::read(session, columns, &rows, selection)?, next))
}

impl<R: RowReader> Iterator for Pages<'_, R> {
    type Item = Result<R::Run>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(run) = self.page.next() {
                return Some(run);
            }
            match self.turn() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
