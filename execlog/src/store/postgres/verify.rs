//! Verifies the log: its runs and contexts, and the journals.

use super::cursor::Cursor;
use super::errors::Problem;
use super::reindex::has_right_command;
use super::row::{Columns, Origin, number};
use super::seals::{Comparison, SealedRun, check_journals, check_without_journal};
use super::session::Session;
use crate::error::{Error, Result};
use crate::model::record::RUNNING;
use crate::model::StoredRun;
use crate::store::Verification;
use crate::store::report::{Finding, VerifyReport};
use crate::store::verify::{
    finding, note_of_contexts, problem_of_context, problem_of_number, problems_of, rebuildable,
    seems_begun, why_stray,
};
use std::sync::LazyLock;
use tokio_postgres::Row;

/// The runs of all logs, with their origins behind their columns.
pub(super) static RUNS_BY_ORIGIN: LazyLock<String> = LazyLock::new(|| {
    Columns::RecordAndContext.select_with(
        ", run.log, run.number, run.sequence, run.command",
        "ORDER BY run.log, run.number",
    )
});

/// The origin of a row of [`RUNS_BY_ORIGIN`].
pub(super) fn origin(row: &Row) -> Result<Origin, Problem> {
    let first = Columns::RecordAndContext.count();
    Ok(Origin {
        log: row.try_get(first)?,
        number: row.try_get(first + 1)?,
        sequence: row.try_get(first + 2)?,
    })
}

/// Reads everything as of one moment, and reports problems.
pub(super) fn verify(
    session: &mut Session,
    verification: &Verification,
) -> Result<VerifyReport, Problem> {
    let mut verified = VerifyReport::default();
    check_runs(session, &mut verified)?;
    verified.findings.extend(strays(session)?);
    check_journals(session, verification, &mut verified)?;
    Ok(verified)
}

/// The report of a log that does not exist.
pub(super) fn of_nothing(verification: &Verification) -> VerifyReport {
    let mut verified = VerifyReport::default();
    check_without_journal(verification, &mut verified);
    verified
}

fn check_runs(session: &mut Session, verified: &mut VerifyReport) -> Result<(), Problem> {
    let columns = Columns::RecordAndContext;
    let mut without_context = 0;
    let mut comparison = Comparison::new(session)?;
    let mut runs = Cursor::open(session, "runs_by_origin", &RUNS_BY_ORIGIN)?;
    while let Some(row) = runs.next(session)? {
        verified.runs += 1;
        let read = columns.read(&row);
        let sealed = SealedRun {
            origin: origin(&row)?,
            id: number(&row)?,
            run: read.as_ref().ok(),
        };
        comparison.add(session, &sealed)?;
        match read {
            Ok(run) => {
                check_run(&run, &row, &mut verified.findings)?;
                if run.context.is_some() {
                    verified.contexts += 1;
                } else if seems_begun(&run.record) {
                    without_context += 1;
                }
            }
            Err(Error::Corrupt { key, reason }) => verified.findings.push(finding(key, reason)),
            Err(error) => return Err(error.into()),
        }
    }
    let note = note_of_contexts("execlog.execlog_context", without_context);
    verified.notes.extend(note);
    comparison.report(session, verified)
}

fn check_run(run: &StoredRun, row: &Row, findings: &mut Vec<Finding>) -> Result<(), Problem> {
    let StoredRun { record, context } = run;
    let key = format!("execution_log row {}", record.id);
    let problems = problems_of(record)
        .into_iter()
        .chain(problem_of_number(record.id));
    findings.extend(problems.map(|problem| finding(key.clone(), problem)));
    if !has_right_command(run, row)? {
        let problem = "the column `command` is not the first argument";
        findings.push(rebuildable(key.clone(), problem));
    }
    if let Some(context) = context {
        // A run and its context end in one transaction.
        let is_open = record.outcome == RUNNING && context.ended_at_ms.is_some();
        let is_open =
            is_open.then(|| format!("the context has an end, but its run is `{RUNNING}`"));
        let problems = problem_of_context(context).into_iter().chain(is_open);
        let key = key_of_context(&context.execution_id);
        findings.extend(problems.map(|problem| finding(key.clone(), problem)));
    }
    Ok(())
}

/// The contexts that do not belong to a run.
fn strays(session: &mut Session) -> Result<Vec<Finding>, Problem> {
    let sql = "SELECT context.execution_id, run.started_at, context.started_at_ms \
         FROM execlog.execlog_context AS context \
         LEFT JOIN execlog.execution_log AS run ON run.execution_id = context.execution_id \
         WHERE run.started_at IS DISTINCT FROM floor(context.started_at_ms / 1000.0) \
         ORDER BY context.execution_id LIMIT 1000";
    let rows = session.query(sql, &[])?;
    let stray = |row: &Row| {
        let started_at_ms: i64 = row.try_get(2)?;
        let why = why_stray(row.try_get(1)?, started_at_ms.div_euclid(1000));
        let problem = format!("the context does not match a run in the log: {why}");
        let id = super::text::unescaped(row.try_get(0)?);
        Ok(finding(key_of_context(&id), problem))
    };
    rows.iter().map(stray).collect()
}

fn key_of_context(execution_id: &str) -> String {
    format!("execlog_context of `{execution_id}`")
}
