use super::failing::Failing;
use super::row::Columns;
use super::session::Session;
use super::{context, schema};
use crate::{Reindexed, Result};

/// Makes what runs are found by anew, and removes contexts without a run.
pub(super) fn reindex(session: &Session, columns: Columns) -> Result<Reindexed> {
    let was_complete = schema::make_indexes(session)?;
    session
        .execute_batch("REINDEX main.execution_log")
        .failing_on(session)?;
    let contexts = match columns {
        Columns::Record => 0,
        Columns::RecordAndContext | Columns::RecordAndStatus => context::remove_strays(session)?,
    };
    let runs: i64 = session
        .query_row("SELECT count(*) FROM main.execution_log", [], |row| {
            row.get(0)
        })
        .failing_on(session)?;
    Ok(Reindexed {
        runs: runs.try_into().unwrap_or(0),
        added: 0,
        removed: 0,
        contexts,
        was_right: was_complete && contexts == 0,
    })
}
