//! Repairs what is kept beside the runs: the column `command`, and contexts without a run. The server keeps the
//! indexes.

use super::aside;
use super::by_origin::{RUNS_BY_ORIGIN, has_right_command};
use super::cursor::Cursor;
use super::errors::Problem;
use super::record;
use super::row::Columns;
use super::session::Session;
use crate::store::report::ReindexReport;

/// Writes the first argument of each run into its column, where it is not there, and sets contexts without a
/// run aside. Reads every run.
pub(super) fn reindex(session: &mut Session, now_ms: i64) -> Result<ReindexReport, Problem> {
    let mut runs = Cursor::open(session, "runs_to_reindex", &RUNS_BY_ORIGIN)?;
    let mut read = 0;
    let mut wrong = Vec::new();
    while let Some(row) = runs.next(session)? {
        read += 1;
        if let Ok(run) = Columns::RecordAndContext.read(&row)
            && !has_right_command(&run, &row)?
        {
            wrong.push(run);
        }
    }
    if !wrong.is_empty() {
        record::update(session, &wrong)?;
    }
    let set_aside = aside::move_strays(session, now_ms)?;
    Ok(ReindexReport {
        runs: read,
        set_aside,
        was_right: wrong.is_empty() && set_aside == 0,
        ..ReindexReport::nothing()
    })
}
