//! The runs of all logs, by the log that they are from.

use super::errors::Problem;
use super::row::Columns;
use super::text::unescaped;
use crate::model::StoredRun;
use std::sync::LazyLock;
use tokio_postgres::Row;

/// The runs of all logs, with their origins behind their columns.
pub(super) static RUNS_BY_ORIGIN: LazyLock<String> = LazyLock::new(|| {
    Columns::RecordAndContext.select_with(
        ", run.log, run.number, run.sequence, run.command, run.is_whole",
        "ORDER BY run.log, run.number",
    )
});

/// Whether no field of the run of a row of [`RUNS_BY_ORIGIN`] was left out.
pub(super) fn is_whole(row: &Row) -> Result<bool, Problem> {
    Ok(row.try_get(Columns::RecordAndContext.count() + 4)?)
}

/// Whether the column `command` of a row of [`RUNS_BY_ORIGIN`] is the first argument of its run.
pub(super) fn has_right_command(run: &StoredRun, row: &Row) -> Result<bool, Problem> {
    let command: Option<String> = row.try_get(Columns::RecordAndContext.count() + 3)?;
    Ok(command.map(unescaped).as_deref() == run.record.first_argument().as_deref())
}
