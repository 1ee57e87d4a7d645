//! Reads the rows of a long query some at a time, within a transaction.

use super::errors::Problem;
use super::session::Session;
use tokio_postgres::Row;

/// How many rows are fetched at once.
const FETCHED: usize = 4096;

/// A query that is read some rows at a time.
pub(super) struct Cursor {
    name: &'static str,
    rows: std::vec::IntoIter<Row>,
    is_at_end: bool,
}

impl Cursor {
    /// Begins to read the rows of a query without parameters. `name` is that of no other cursor of the
    /// transaction.
    pub(super) fn open(
        session: &mut Session,
        name: &'static str,
        sql: &str,
    ) -> Result<Self, Problem> {
        session.batch(&format!("DECLARE {name} NO SCROLL CURSOR FOR {sql}"))?;
        Ok(Self {
            name,
            rows: Vec::new().into_iter(),
            is_at_end: false,
        })
    }

    /// The next row.
    pub(super) fn next(&mut self, session: &mut Session) -> Result<Option<Row>, Problem> {
        if let Some(row) = self.rows.next() {
            return Ok(Some(row));
        }
        if self.is_at_end {
            return Ok(None);
        }
        let rows = session.query(&format!("FETCH {FETCHED} FROM {}", self.name), &[])?;
        self.is_at_end = rows.len() < FETCHED;
        self.rows = rows.into_iter();
        Ok(self.rows.next())
    }
}
