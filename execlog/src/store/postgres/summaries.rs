//! Reads runs without their long texts.

use super::errors::Problem;
use super::pages::{RowReader, is_selected};
use super::row::Columns;
use super::session::Session;
use super::text::unescaped;
use super::value::Value;
use crate::error::Result;
use crate::model::{Figures, Outcome, RunSummary, Status, StoredRun, Texts};
use crate::query::Selection;
use crate::store::Summarised;
use std::collections::HashMap;
use std::sync::Arc;
use tokio_postgres::Row;

/// The number and the start are where those of whole runs are. A context is looked up only for a run that
/// failed, to tell whether it crashed.
const SELECT: &str = "SELECT run.id, run.execution_id, run.tool_version, run.command, run.duration_ms, \
     run.outcome, run.started_at, run.files_indexed, run.symbols_indexed, run.references_indexed, \
     context.crashed FROM execlog.execution_log AS run \
     LEFT JOIN execlog.execlog_context AS context ON run.outcome = 'error' \
     AND context.execution_id = run.execution_id \
     AND floor(context.started_at_ms / 1000.0) = run.started_at";

/// Reads summaries. The texts of a page are in one allocation. A run that has not ended is read whole.
pub(super) struct Summaries;

/// A row of a page.
enum Kept {
    Ended(Figures, Texts),
    /// The number of a run that is to be read whole.
    Number(i64),
}

impl RowReader for Summaries {
    type Run = Summarised;
    const LARGEST_PAGE: usize = 16_384;

    fn select(_: Columns, clauses: &str) -> String {
        format!("{SELECT} {clauses}")
    }

    fn read(
        session: &mut Session,
        _: Columns,
        rows: &[Row],
        selection: &Selection,
    ) -> Result<Vec<Result<Summarised>>, Problem> {
        let mut texts = String::new();
        let kept: Vec<_> = rows
            .iter()
            .map(|row| kept(row, &mut texts))
            .collect::<Result<_, _>>()?;
        let page: Arc<str> = Arc::from(texts);
        let numbers = kept.iter().filter_map(|kept| match kept {
            Kept::Number(number) => Some(*number),
            Kept::Ended(..) => None,
        });
        let mut whole = read_whole(session, numbers.collect())?;
        let summarised = kept.into_iter().filter_map(|kept| match kept {
            Kept::Ended(figures, texts) => {
                let run = RunSummary::new(&figures, texts, Arc::clone(&page));
                Some(Ok(Summarised::Ended(run)))
            }
            // A run that was removed meanwhile is left out.
            Kept::Number(number) => match whole.remove(&number)? {
                Ok(run) if !is_selected(&run, selection) => None,
                run => Some(run.map(|run| Summarised::Whole(Box::new(run)))),
            },
        });
        Ok(summarised.collect())
    }
}

fn kept(row: &Row, page: &mut String) -> Result<Kept, Problem> {
    let id = row.try_get(0)?;
    let Ok(outcome) = row.try_get::<_, &str>(5)?.parse::<Outcome>() else {
        return Ok(Kept::Number(id));
    };
    let crashed: Option<bool> = row.try_get(10)?;
    let figures = Figures {
        id,
        started_at: row.try_get(6)?,
        duration_ms: row.try_get(4)?,
        files_indexed: row.try_get(7)?,
        symbols_indexed: row.try_get(8)?,
        references_indexed: row.try_get(9)?,
        status: if crashed == Some(true) {
            Status::Crashed
        } else {
            outcome.into()
        },
    };
    let text = |column| -> Result<String, Problem> { Ok(unescaped(row.try_get(column)?)) };
    let command: Option<String> = row.try_get(3)?;
    let (execution_id, tool_version) = (text(1)?, text(2)?);
    let command = command.map(unescaped);
    let texts = Texts::append(page, &execution_id, &tool_version, command.as_deref());
    Ok(Kept::Ended(figures, texts))
}

/// The runs with these numbers, as far as they exist.
fn read_whole(
    session: &mut Session,
    numbers: Vec<i64>,
) -> Result<HashMap<i64, Result<StoredRun>>, Problem> {
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let columns = Columns::RecordAndContext;
    let sql = columns.select("WHERE run.id = ANY($1)");
    let rows = session.query(&sql, &[Value::integers(numbers)])?;
    let runs = rows
        .iter()
        .map(|row| Ok((super::row::number(row)?, columns.read(row))));
    runs.collect()
}
