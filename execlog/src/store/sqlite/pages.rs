//! The runs of a selection, read page by page.

use super::SqliteStore;
use super::errors::Failing;
use super::row::{Columns, Position};
use crate::error::Result;
use crate::model::StoredRun;
use crate::query::{ContextFilter, Contexts, Filter, Order, Selection};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// The largest number of rows in a page.
const LARGEST_PAGE: usize = 256;

/// The runs of a selection, read page by page.
///
/// Between pages no statement is open. So the caller may use the log during the iteration, and does not
/// block writers. A run that is added meanwhile appears only if it sorts after the runs already read.
/// left.
pub(super) struct Pages<'a> {
    store: &'a SqliteStore,
    selection: Selection,
    page: std::vec::IntoIter<Result<StoredRun>>,
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

impl<'a> Pages<'a> {
    pub(super) fn new(store: &'a SqliteStore, selection: Selection) -> Self {
        // With a status condition most rows that are read may be dropped.
        let is_exact = selection.filter.statuses.is_empty() && selection.context_filter.is_empty();
        let wanted = selection.wanted.filter(|_| is_exact);
        let wanted = wanted.unwrap_or(LARGEST_PAGE);
        // Each page of this query sorts all its rows. Doubling the page size keeps the number of sorts
        // low.
        let is_sorted_anew = selection.filter.is_only_running();
        Self {
            store,
            size: wanted.clamp(1, LARGEST_PAGE),
            largest: if is_sorted_anew {
                usize::MAX
            } else {
                LARGEST_PAGE
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
            read(connection, columns, &self.selection, &next, self.size)
        })?;
        let Some((rows, last)) = found else {
            return Ok(false);
        };
        self.next = match (last, next) {
            (_, Next::Unplaced) => Next::End,
            (Some(last), _) if rows.len() == self.size => Next::Rest(last),
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

impl Iterator for Pages<'_> {
    type Item = Result<StoredRun>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.page.next() {
                // SQLite may match JSON escapes instead of the text, so the text is checked again here.
                Some(Ok(found)) if !is_selected(&found, &self.selection) => {}
                Some(found) => return Some(found),
                None => match self.turn() {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(error) => return Some(Err(error)),
                },
            }
        }
    }
}

fn is_selected(run: &StoredRun, selection: &Selection) -> bool {
    selection.filter.matches(&run.record)
        && selection.context_filter.matches(run.context.as_deref())
}

fn read(
    connection: &Connection,
    columns: Columns,
    selection: &Selection,
    next: &Next,
    page: usize,
) -> Result<(Vec<Result<StoredRun>>, Option<Position>)> {
    let (order, beyond) = match selection.order {
        Order::NewestFirst => ("run.started_at DESC, run.id DESC", "<"),
        Order::OldestFirst => ("run.started_at ASC, run.id ASC", ">"),
        Order::AsAdded => ("run.id ASC", ">"),
    };
    let is_by_number = selection.order == Order::AsAdded;
    let mut conditions = Conditions::default();
    conditions.add_filter(&selection.filter);
    conditions.add_context_filter(&selection.context_filter, columns);
    match next {
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
    let limit = match next {
        Next::Unplaced => -1,
        _ => i64::try_from(page).unwrap_or(i64::MAX),
    };
    conditions.values.push(Value::Integer(limit));
    let sql = columns.select(&format!(
        "WHERE {} ORDER BY {order} LIMIT ?",
        conditions.sql.join(" AND ")
    ));
    let mut statement = connection.prepare_cached(&sql).failing_on(connection)?;
    let mut last = None;
    let rows = statement.query_map(params_from_iter(conditions.values), |row| {
        last = Some(Columns::position(row)?);
        Ok(columns.read(row))
    });
    let rows = rows.and_then(Iterator::collect).failing_on(connection)?;
    Ok((rows, last))
}

#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn add(&mut self, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.sql.push(sql.into());
        self.values.extend(values);
    }

    /// Adds a comparison of the run's start with that of `position`.
    fn add_start(&mut self, comparison: &str, position: &Position) {
        let place = if position.is_text {
            "CAST(? AS TEXT)"
        } else {
            "?"
        };
        let start = position.started_at.clone();
        self.add(format!("run.started_at {comparison} {place}"), [start]);
    }

    /// Adds the condition that `value` is one of these. Adds nothing if the list is empty.
    fn add_any(&mut self, value: &str, wanted: &[String]) {
        if !wanted.is_empty() {
            let places = vec!["?"; wanted.len()].join(", ");
            let wanted = wanted.iter().cloned().map(Value::Text);
            self.add(format!("{value} IN ({places})"), wanted);
        }
    }

    /// Adds the conditions that SQLite can check. The rest are checked after reading.
    fn add_context_filter(&mut self, filter: &ContextFilter, columns: Columns) {
        if filter.is_empty() {
            return;
        }
        if matches!(columns, Columns::Record) {
            // No run has a context.
            self.add("FALSE", []);
            return;
        }
        self.add_any("context.host", &filter.hosts);
        self.add_any("context.user", &filter.users);
        self.add_any("context.program", &filter.programs);
        self.add_any("context.branch", &filter.branches);
        if !filter.parents.is_empty() {
            // As a condition on `context`, SQLite would read every run by its start.
            let places = vec!["?"; filter.parents.len()].join(", ");
            let parents = filter.parents.iter().cloned().map(Value::Text);
            self.add(
                format!(
                    "run.execution_id IN (SELECT execution_id FROM main.execlog_context \
                     WHERE parent_execution_id IN ({places}))"
                ),
                parents,
            );
        }
        self.add_any("context.working_directory", &filter.folders);
        if filter.is_pinned && columns.are_whole() {
            self.add("context.pin IS NOT NULL", []);
        }
        // JSON writes other names with escapes. They are checked after reading.
        let is_plain = |name: &str| !name.contains(['"', '\\']);
        let labels = filter.labels.iter().filter(|(name, _)| is_plain(name));
        for (name, _) in labels.filter(|_| columns.are_whole()) {
            self.add("instr(context.labels, ?) > 0", [Value::Text(name.clone())]);
        }
    }

    fn add_filter(&mut self, filter: &Filter) {
        if let Some(since) = filter.since {
            self.add("run.started_at >= ?", [Value::Integer(since)]);
        }
        if let Some(before) = filter.before {
            self.add("run.started_at < ?", [Value::Integer(before)]);
        }
        if let Some(words) = filter.outcomes() {
            // Running runs are always few, and the index on the outcome finds them at once. Other
            // outcomes may match any number of runs, which would have to be sorted after the index; `+`
            // keeps SQLite from using it.
            let column = if filter.is_only_running() {
                "run.outcome"
            } else {
                "+run.outcome"
            };
            let places = vec!["?"; words.len()].join(", ");
            let words = words.into_iter().map(|word| Value::Text(word.to_owned()));
            self.add(format!("{column} IN ({places})"), words);
        }
        // `json_extract` fails on invalid JSON.
        self.add_any(
            "CASE WHEN json_valid(run.args) THEN json_extract(run.args, '$[0]') END",
            &filter.commands,
        );
        self.add_any("run.root", &filter.roots);
        self.add_any("run.tool_version", &filter.tool_versions);
        if let Some(least) = filter.min_duration_ms {
            self.add("run.duration_ms >= ?", [Value::Integer(least)]);
        }
        if let Some(text) = &filter.text {
            let columns = Filter::TEXT_COLUMNS
                .map(|column| format!("instr(lower(coalesce(run.{column}, '')), ?) > 0"));
            let values = Filter::TEXT_COLUMNS.map(|_| Value::Text(text.needle().to_owned()));
            // Text with JSON escapes is checked after reading.
            let columns = columns.join(" OR ");
            self.add(format!("({columns} OR instr(run.args, '\\') > 0)"), values);
        }
    }
}
