//! Seals what lacks a seal.

use super::comparison::{Comparison, SealedRun};
use super::journal::{check_journals, own};
use super::sealer::Sealer;
use crate::model::StoredRun;
use crate::seal::{Digest, SealEvent};
use crate::store::postgres::by_origin::RUNS_BY_ORIGIN;
use crate::store::postgres::cursor::Cursor;
use crate::store::postgres::errors::Problem;
use crate::store::postgres::record;
use crate::store::postgres::row::Columns;
use crate::store::postgres::schema::{OWN_LOG, begin_journal};
use crate::store::postgres::session::Session;
use crate::store::postgres::value::Value;
use crate::store::report::VerifyReport;
use crate::store::seals::{Contradictions, RunsCheck, Verification};

impl Sealer {
    /// Adopts every run that lacks a seal, and seals the ends that lack one. Reads the whole log.
    pub(in crate::store::postgres) fn adopt_all(
        &self,
        session: &mut Session,
    ) -> Result<(), Problem> {
        if self.is_on() {
            self.seal_all(session, Contradictions::Stay)?;
        }
        Ok(())
    }

    /// Seals what is there, whatever the journal says. Begins the journal of the log itself anew if it is
    /// damaged.
    pub(in crate::store::postgres) fn accept_all(
        &self,
        session: &mut Session,
    ) -> Result<(), Problem> {
        if !self.is_on() {
            return Ok(());
        }
        let mut verified = VerifyReport::default();
        check_journals(session, &Verification::default(), &mut verified)?;
        if !verified.findings.is_empty() {
            let log = [Value::integer(OWN_LOG)];
            session.execute("DELETE FROM execlog.execlog_seal WHERE log = $1", &log)?;
            let sql = "UPDATE execlog.execlog_journal SET last = 0, dropped = 0, peaks = '' WHERE log = $1";
            session.execute(sql, &log)?;
            if own(session)?.is_none() {
                begin_journal(session)?;
            }
        }
        self.seal_all(session, Contradictions::AreSealed)
    }

    fn seal_all(
        &self,
        session: &mut Session,
        contradictions: Contradictions,
    ) -> Result<(), Problem> {
        let (own, shipped) = compared(session)?;
        let mut numbers = own.numbers_to_seal(contradictions);
        if contradictions == Contradictions::AreSealed {
            for (log, check) in shipped {
                numbers.extend(ids_of(session, log, check.contradictions())?);
            }
        }
        let mut seals = Vec::new();
        for number in numbers {
            let found = record::read_by_number(session, Columns::RecordAndContext, number)?;
            let (event, run): (_, Option<StoredRun>) = match found {
                Some(Ok(run)) => (SealEvent::Adopted, Some(run)),
                Some(Err(_)) => continue,
                None => (SealEvent::Removed, None),
            };
            seals.push((number, event, Digest::of(event, number, run.as_ref())));
        }
        self.append(session, seals)
    }
}

/// The check of the log itself, and those of the shipped logs by their numbers.
type Checks = (RunsCheck, Vec<(i64, RunsCheck)>);

/// The runs of the server, compared with their seals.
fn compared(session: &mut Session) -> Result<Checks, Problem> {
    let columns = Columns::RecordAndContext;
    let mut comparison = Comparison::new(session)?;
    let mut runs = Cursor::open(session, "runs_by_origin", &RUNS_BY_ORIGIN)?;
    while let Some(row) = runs.next(session)? {
        let read = columns.read(&row);
        comparison.add(session, &SealedRun::of_row(&row, &read)?)?;
    }
    comparison.finish(session)
}

/// The numbers in the server of runs with these numbers in their log.
fn ids_of(session: &mut Session, log: i64, numbers: Vec<i64>) -> Result<Vec<i64>, Problem> {
    let sql =
        "SELECT id FROM execlog.execution_log WHERE log = $1 AND number = ANY($2) ORDER BY id";
    let rows = session.query(sql, &[Value::integer(log), Value::integers(numbers)])?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
