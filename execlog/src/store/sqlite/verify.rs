use super::failing::Failing;
use super::row::Columns;
use super::session::Session;
use super::{context, schema};
use crate::store::verify::{finding, mendable, problem_of};
use crate::{Error, Finding, Result, Verified};
use rusqlite::{Connection, ErrorCode};

/// Reads both tables and what SQLite knows of them, at one moment of the file: whoever writes
/// meanwhile is not seen.
pub(super) fn verify(session: &Session, columns: Columns) -> Result<Verified> {
    session.at_one_moment(|session| {
        let mut verified = Verified::default();
        let pages = check_pages(session, columns, &mut verified.findings);
        go_on(pages, "execution_log", &mut verified)?;
        let runs = check_runs(session, columns, &mut verified);
        go_on(runs, "execution_log", &mut verified)?;
        if let Columns::RecordAndContext = columns {
            let contexts = check_contexts(session, &mut verified);
            go_on(contexts, "execlog_context", &mut verified)?;
        }
        if !schema::is_complete(session)? {
            let problem = "an index that the newest runs are found by is missing";
            verified.findings.push(mendable("execution_log", problem));
        }
        Ok(verified)
    })
}

/// Makes a finding of a file that is so damaged that a table cannot be read to its end.
pub(super) fn go_on(checked: Result<()>, table: &str, verified: &mut Verified) -> Result<()> {
    match checked {
        Err(Error::Sqlite { source, .. })
            if source.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) =>
        {
            let problem = format!("it cannot be read to its end: {source}");
            verified.findings.push(finding(table, problem));
            Ok(())
        }
        other => other,
    }
}

fn check_contexts(session: &Session, verified: &mut Verified) -> Result<()> {
    let strays = context::strays(session)?.into_iter().map(|id| {
        let key = format!("execlog_context of `{id}`");
        mendable(key, "it is the context of no run that is there")
    });
    verified.findings.extend(strays);
    Ok(())
}

/// What SQLite itself finds wrong.
fn check_pages(
    connection: &Connection,
    columns: Columns,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let tables = match columns {
        Columns::Record => &["execution_log"][..],
        Columns::RecordAndContext | Columns::RecordAndStatus => {
            &["execution_log", "execlog_context"]
        }
    };
    for table in tables {
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
            let make = if is_of_index { mendable } else { finding };
            make((*table).to_owned(), problem)
        }));
    }
    Ok(())
}

fn check_runs(session: &Session, columns: Columns, verified: &mut Verified) -> Result<()> {
    let sql = columns.select("ORDER BY run.id");
    let mut statement = session.prepare(&sql).failing_on(session)?;
    let mut rows = statement.query([]).failing_on(session)?;
    while let Some(row) = rows.next().failing_on(session)? {
        verified.runs += 1;
        match columns.read(row) {
            Ok(run) => {
                verified.contexts += usize::from(run.context.is_some());
                let key = format!("execution_log row {}", run.record.id);
                let problem = problem_of(&run.record);
                let problem = problem.map(|problem| finding(key, problem));
                verified.findings.extend(problem);
            }
            Err(Error::Corrupt { key, reason }) => verified.findings.push(finding(key, reason)),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
