use crate::{Error, ExecutionRecord, Result};
use rusqlite::Row;
use rusqlite::types::FromSql;

/// The record in a row that holds the columns in their order.
pub(super) fn record(row: &Row) -> Result<ExecutionRecord> {
    let mut columns = Columns { row, next: 0 };
    Ok(ExecutionRecord {
        id: columns.take()?,
        execution_id: columns.take()?,
        tool_version: columns.take()?,
        args: columns.take()?,
        root: columns.take()?,
        db_path: columns.take()?,
        started_at: columns.take()?,
        finished_at: columns.take()?,
        duration_ms: columns.take()?,
        outcome: columns.take()?,
        error_message: columns.take()?,
        files_indexed: columns.take()?,
        symbols_indexed: columns.take()?,
        references_indexed: columns.take()?,
    })
}

struct Columns<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl Columns<'_> {
    fn take<T: FromSql>(&mut self) -> Result<T> {
        let column = self.next;
        self.next += 1;
        self.row.get(column).map_err(|error| {
            let id: i64 = self.row.get(0).unwrap_or_default();
            Error::Corrupt {
                key: format!("execution_log row {id}"),
                reason: error.to_string(),
            }
        })
    }
}
