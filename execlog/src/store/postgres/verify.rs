//! Verifies the log: its runs and contexts, and the journals.

use super::aside;
use super::by_origin::{RUNS_BY_ORIGIN, has_right_command};
use super::cursor::Cursor;
use super::errors::Problem;
use super::row::Columns;
use super::seals::{Comparison, SealedRun, check_journals, check_without_journal};
use super::session::Session;
use crate::error::{Error, Result};
use crate::store::Verification;
use crate::store::report::{Finding, Note, VerifyReport};
use crate::store::rows::{check_run, key_of_context, key_of_record};
use crate::store::verify::{finding, note_of_contexts, rebuildable, seems_begun};
use std::collections::HashSet;

/// Reads everything as of one moment, and reports problems.
pub(super) fn verify(
    session: &mut Session,
    verification: &Verification,
) -> Result<VerifyReport, Problem> {
    let mut verified = VerifyReport {
        set_aside: aside::listed(session)?,
        ..VerifyReport::default()
    };
    let strays = aside::findings(session)?;
    check_runs(session, &strays, &mut verified)?;
    verified.findings.extend(strays);
    check_journals(session, verification, &mut verified)?;
    Ok(verified)
}

/// The report of a log that does not exist.
pub(super) fn of_nothing(verification: &Verification) -> VerifyReport {
    let mut verified = VerifyReport::default();
    check_without_journal(verification, &mut verified);
    verified
}

fn check_runs(
    session: &mut Session,
    strays: &[Finding],
    verified: &mut VerifyReport,
) -> Result<(), Problem> {
    let set_aside = verified.set_aside.iter().map(|aside| aside.was.clone());
    let strays = strays.iter().map(|stray| stray.key.clone());
    let known: HashSet<String> = set_aside.chain(strays).collect();
    let columns = Columns::RecordAndContext;
    let mut without_context = 0;
    let mut partial = 0;
    let mut comparison = Comparison::new(session)?;
    let mut runs = Cursor::open(session, "runs_by_origin", &RUNS_BY_ORIGIN)?;
    while let Some(row) = runs.next(session)? {
        verified.runs += 1;
        let read = columns.read(&row);
        let sealed = SealedRun::of_row(&row, &read)?;
        partial += usize::from(!sealed.is_whole);
        comparison.add(session, &sealed)?;
        match read {
            Ok(run) => {
                check_run(&run, &mut verified.findings);
                if !has_right_command(&run, &row)? {
                    let problem = "the column `command` is not the first argument";
                    let key = key_of_record(run.record.id);
                    verified.findings.push(rebuildable(key, problem));
                }
                if run.context.is_some() {
                    verified.contexts += 1;
                } else if seems_begun(&run.record)
                    && !known.contains(&key_of_context(&run.record.execution_id))
                {
                    without_context += 1;
                }
            }
            Err(Error::Corrupt { key, reason }) => verified.findings.push(finding(key, reason)),
            Err(error) => return Err(error.into()),
        }
    }
    let note = note_of_contexts("execlog.execlog_context", without_context);
    verified.notes.extend(note);
    if partial > 0 {
        verified.notes.push(Note {
            key: "execlog.execution_log".to_owned(),
            text: format!(
                "runs that were shipped without some of their fields, and cannot be compared with their seals: \
                 {partial}"
            ),
        });
    }
    comparison.report(session, verified)
}
