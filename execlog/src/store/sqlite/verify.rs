//! Verifies a log in SQLite.

use super::errors::{Failing, is_damage};
use super::row::Columns;
use super::session::Session;
use super::text::lossy_text;
use super::{aside, context, indexes, seals, sequence};
use crate::error::{Error, Result};
use crate::store::Verification;
use crate::store::report::{Finding, VerifyReport};
use crate::store::rows::{check_run, key_of_context};
use crate::store::verify::{finding, movable, note_of_contexts, rebuildable, seems_begun};
use rusqlite::Connection;
use std::collections::HashSet;

/// Reads one snapshot of the tables, runs SQLite's own checks, and reports problems. Does not see later
/// writes.
pub(super) fn verify(
    session: &Session,
    columns: Columns,
    verification: &Verification,
) -> Result<VerifyReport> {
    session.at_one_moment(|session| {
        let mut verified = VerifyReport::default();
        verified.findings.extend(cut_off(session)?);
        let has_aside = aside::exists(session)?;
        let pages = check_pages(session, columns, has_aside, &mut verified.findings);
        report_damage(pages, "execution_log", &mut verified)?;
        let mut strays = Vec::new();
        if let Columns::RecordAndContext(_) = columns {
            let found = context::strays(session).map(|found| strays = found);
            report_damage(found, "execlog_context", &mut verified)?;
        }
        if has_aside {
            let listed = aside::listed(session).map(|listed| verified.set_aside = listed);
            report_damage(listed, aside::TABLE, &mut verified)?;
        }
        let strays = strays.into_iter().map(|stray| {
            let problem = format!("the context does not match a run in the log: {}", stray.why);
            movable(key_of_context(&stray.execution_id), problem)
        });
        let strays: Vec<Finding> = strays.collect();
        let runs = check_runs(session, columns, &strays, &mut verified);
        report_damage(runs, "execution_log", &mut verified)?;
        verified.findings.extend(strays);
        let journal = seals::check_journal(session, verification, &mut verified);
        report_damage(journal, "execlog_seal", &mut verified)?;
        verified.findings.extend(indexes::findings(session)?);
        let numbers = sequence::problem(session)?;
        let numbers = numbers.map(|problem| rebuildable(sequence::TABLE, problem));
        verified.findings.extend(numbers);
        verified.findings.extend(triggers(session)?);
        Ok(verified)
    })
}

/// Reports a file that lacks the end of its last page. SQLite reads what is missing as zeros.
fn cut_off(session: &Session) -> Result<Option<Finding>> {
    let number = |pragma: &str| -> Result<u64> {
        let found = session.query_row(pragma, [], |row| row.get::<_, i64>(0));
        Ok(u64::try_from(found.failing_on(session)?).unwrap_or(0))
    };
    let Some(file) = session.path().filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let needed = number("PRAGMA main.page_count")?.saturating_mul(number("PRAGMA main.page_size")?);
    let length = |file: &str| std::fs::metadata(file).map(|metadata| metadata.len());
    // Pages may still be in a write-ahead log.
    let has_wal = length(&format!("{file}-wal")).is_ok_and(|length| length > 0);
    let is_short = |length: &u64| !has_wal && *length < needed;
    Ok(length(file).ok().filter(is_short).map(|length| {
        let problem = format!("the file has {length} bytes of {needed}: its end is missing");
        finding("the file", problem)
    }))
}

/// Turns damage that stops the reading of a table into a finding.
pub(super) fn report_damage(
    checked: Result<()>,
    table: &str,
    verified: &mut VerifyReport,
) -> Result<()> {
    match checked {
        Err(Error::Sqlite { source, .. }) if is_damage(&*source) => {
            let problem = format!("reading stopped before the end: {source}");
            verified.findings.push(finding(table, problem));
            Ok(())
        }
        other => other,
    }
}

/// Reports what SQLite's own integrity check finds.
fn check_pages(
    connection: &Connection,
    columns: Columns,
    has_aside: bool,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let has_contexts = !matches!(columns, Columns::Record);
    let tables = [
        (true, "execution_log"),
        (has_contexts, "execlog_context"),
        (has_aside, aside::TABLE),
        (seals::exist(connection)?, seals::SEALS),
        (seals::exist(connection)?, seals::JOURNAL),
    ];
    for (_, table) in tables.into_iter().filter(|(exists, _)| *exists) {
        let mut check = connection
            .prepare(&format!("PRAGMA main.integrity_check({table})"))
            .failing_on(connection)?;
        let problems = check
            .query_map([], |row| row.get::<_, String>(0))
            .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
            .failing_on(connection)?;
        let problems = problems.into_iter().filter(|problem| problem != "ok");
        let problems = problems.map(|problem| problem.replace('\n', "; "));
        findings.extend(problems.map(|problem| {
            let is_of_index = problem.contains("index");
            let make = if is_of_index { rebuildable } else { finding };
            make(table.to_owned(), problem)
        }));
    }
    Ok(())
}

fn check_runs(
    session: &Session,
    columns: Columns,
    strays: &[Finding],
    verified: &mut VerifyReport,
) -> Result<()> {
    let aside = verified.set_aside.iter().map(|aside| aside.was.clone());
    let strays = strays.iter().map(|stray| stray.key.clone());
    let known: HashSet<String> = aside.chain(strays).collect();
    let mut without_context = 0;
    let mut seals = seals::by_run(session)?;
    let mut sealed = seals::Comparison::new(session, seals.as_mut())?;
    let sql = columns.select("ORDER BY run.id");
    let mut statement = session.prepare(&sql).failing_on(session)?;
    let mut rows = statement.query([]).failing_on(session)?;
    while let Some(row) = rows.next().failing_on(session)? {
        verified.runs += 1;
        let number = row.get(0).failing_on(session)?;
        let read = columns.read(row);
        sealed.add(number, read.as_ref().ok());
        match read {
            Ok(run) => {
                check_run(&run, &mut verified.findings);
                if run.context.is_some() {
                    verified.contexts += 1;
                } else if seems_begun(&run.record)
                    && !known.contains(&key_of_context(&run.record.execution_id))
                {
                    without_context += 1;
                }
            }
            Err(Error::Corrupt { key, reason }) => verified.findings.push(finding(key, reason)),
            Err(error) => return Err(error),
        }
    }
    let note = note_of_contexts(context::TABLE, without_context);
    verified.notes.extend(note);
    let compared = sealed.report(verified);
    report_damage(compared, "execlog_seal", verified)
}

/// Reports triggers on the log's tables, since the log creates none.
fn triggers(connection: &Connection) -> Result<Vec<Finding>> {
    let sql = "SELECT name, tbl_name FROM main.sqlite_master WHERE type = 'trigger' \
         AND lower(tbl_name) IN ('execution_log', 'execlog_context', 'execlog_aside', 'execlog_seal', 'execlog_journal') ORDER BY name";
    let mut statement = connection.prepare(sql).failing_on(connection)?;
    let rows = statement.query_map([], |row| {
        let key = format!(
            "trigger `{}` on {}",
            lossy_text(row, 0)?,
            lossy_text(row, 1)?
        );
        let problem = "the trigger can change or refuse logged runs: drop it unless you made it";
        Ok(finding(key, problem))
    });
    rows.and_then(Iterator::collect).failing_on(connection)
}
