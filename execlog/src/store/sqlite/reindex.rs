//! Rebuilds the indexes of a log in SQLite.

use super::errors::Failing;
use super::row::Columns;
use super::session::Session;
use super::{aside, indexes, sequence};
use crate::error::Result;
use crate::store::report::ReindexReport;

/// Rebuilds the indexes, and sets contexts without a run aside.
pub(super) fn reindex(session: &Session, columns: Columns, now_ms: i64) -> Result<ReindexReport> {
    let had_indexes = indexes::repair(session)?;
    let had_numbers = sequence::repair(session)?;
    session
        .execute_batch("REINDEX main.execution_log")
        .failing_on(session)?;
    let set_aside = match columns {
        Columns::Record => 0,
        Columns::RecordAndContext(_) | Columns::RecordAndStatus(_) => {
            aside::move_strays(session, now_ms)?
        }
    };
    let runs: i64 = session
        .query_row("SELECT count(*) FROM main.execution_log", [], |row| {
            row.get(0)
        })
        .failing_on(session)?;
    Ok(ReindexReport {
        runs: runs.try_into().unwrap_or(0),
        added: 0,
        removed: 0,
        set_aside,
        was_right: had_indexes && had_numbers && set_aside == 0,
    })
}
