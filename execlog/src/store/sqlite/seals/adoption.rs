//! Sealing runs that lack a seal.

use super::comparison::Comparison;
use super::sealer::Sealer;
use super::tables::{begin_anew, by_run, check_journal, repair_last_place};
use crate::error::{Error, Result};
use crate::seal::SealEvent;
use crate::store::report::VerifyReport;
use crate::store::seals::{Contradictions, Verification};
use crate::store::sqlite::errors::{Failing, is_damage};
use crate::store::sqlite::record;
use crate::store::sqlite::row::Columns;
use crate::store::sqlite::session::Session;
use crate::store::sqlite::verify::report_damage;
use rusqlite::params;
use std::collections::HashSet;
use std::sync::atomic::Ordering;

/// How many of the newest runs are adopted when a log gets its journal. It takes some milliseconds, once.
const ADOPTED_AT_FIRST: i64 = 1000;
/// How many runs of another program each new run adopts.
const ADOPTED_SINCE: usize = 64;
/// How many seals are read at most to find those runs.
const SEALS_READ: usize = 1024;

impl Sealer {
    /// Adopts the newest runs before this one that lack a seal.
    pub(in crate::store::sqlite) fn adopt_some(
        &self,
        session: &Session,
        columns: Columns,
        number: i64,
    ) -> Result<()> {
        // Runs are numbered in order, so only those since the last look can be new.
        if !self.is_on() || self.adopted.swap(number, Ordering::Relaxed) == number - 1 {
            return Ok(());
        }
        for id in unsealed_before(session, number)? {
            self.seal(session, columns, id, SealEvent::Adopted)?;
        }
        Ok(())
    }

    /// Adopts the newest runs of a log that gets a journal.
    pub(super) fn adopt_newest(&self, session: &Session, columns: Columns) -> Result<()> {
        let sql = "SELECT id FROM main.execution_log ORDER BY id DESC LIMIT ?1";
        let mut find = session.prepare(sql).failing_on(session)?;
        let ids = find.query_map([ADOPTED_AT_FIRST], |row| row.get(0));
        let ids: Vec<i64> = ids.and_then(Iterator::collect).failing_on(session)?;
        for id in ids.into_iter().rev() {
            self.seal(session, columns, id, SealEvent::Adopted)?;
        }
        Ok(())
    }

    /// Adopts every run that lacks a seal, and seals the ends that lack one. Reads the whole log.
    pub(in crate::store::sqlite) fn adopt_all(
        &self,
        session: &Session,
        columns: Columns,
    ) -> Result<()> {
        if !self.is_on() {
            return Ok(());
        }
        repair_last_place(session)?;
        match self.seal_all(session, columns, Contradictions::Stay) {
            // The rest can still be repaired.
            Err(Error::Sqlite { source, .. }) if is_damage(&*source) => Ok(()),
            done => done,
        }
    }

    /// Seals what is there, whatever the journal says. Begins a new journal if this one is damaged.
    pub(in crate::store::sqlite) fn accept_all(
        &self,
        session: &Session,
        columns: Columns,
    ) -> Result<()> {
        if !self.is_on() {
            return Ok(());
        }
        let mut verified = VerifyReport::default();
        repair_last_place(session)?;
        let checked = check_journal(session, &Verification::default(), &mut verified);
        report_damage(checked, "execlog_seal", &mut verified)?;
        if !verified.findings.is_empty() {
            begin_anew(session)?;
            self.forget();
        }
        self.seal_all(session, columns, Contradictions::AreSealed)
    }

    fn seal_all(
        &self,
        session: &Session,
        columns: Columns,
        contradictions: Contradictions,
    ) -> Result<()> {
        for number in to_seal(session, columns, contradictions)? {
            match record::read_by_number(session, columns, number)? {
                Some(Ok(run)) => self.append(session, number, SealEvent::Adopted, Some(&run))?,
                Some(Err(_)) => {}
                None => self.append(session, number, SealEvent::Removed, None)?,
            }
        }
        Ok(())
    }
}

/// The runs before this one that other programs have added since the last run that was sealed as it
/// began.
fn unsealed_before(session: &Session, number: i64) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT run, event FROM main.execlog_seal ORDER BY sequence DESC LIMIT {SEALS_READ}"
    );
    let mut statement = session.prepare_cached(&sql).failing_on(session)?;
    let mut rows = statement.query([]).failing_on(session)?;
    let mut sealed = HashSet::new();
    let mut read = 0;
    let mut begun = None;
    while let Some(row) = rows.next().failing_on(session)? {
        let (Ok(run), Ok(event)) = (row.get(0), row.get::<_, i64>(1)) else {
            break;
        };
        if run == number - 1 {
            return Ok(Vec::new());
        }
        sealed.insert(run);
        read += 1;
        if event == i64::from(SealEvent::Began.code()) {
            begun = Some(run);
            break;
        }
    }
    let since = match begun {
        Some(begun) => begun,
        // Every seal of the log was read.
        None if read < SEALS_READ => 0,
        // They are adopted when the log is reindexed.
        None => return Ok(Vec::new()),
    };
    let sql = format!(
        "SELECT id FROM main.execution_log WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT {}",
        ADOPTED_SINCE + SEALS_READ
    );
    let ids: Vec<i64> = session
        .prepare_cached(&sql)
        .and_then(|mut find| {
            let ids = find.query_map(params![since, number], |row| row.get(0))?;
            ids.collect()
        })
        .failing_on(session)?;
    let unsealed = ids.into_iter().filter(|id| !sealed.contains(id));
    Ok(unsealed.take(ADOPTED_SINCE).collect())
}

fn to_seal(
    session: &Session,
    columns: Columns,
    contradictions: Contradictions,
) -> Result<Vec<i64>> {
    let mut seals = by_run(session)?;
    let mut comparison = Comparison::new(session, seals.as_mut())?;
    let sql = columns.select("ORDER BY run.id");
    let mut statement = session.prepare(&sql).failing_on(session)?;
    let mut rows = statement.query([]).failing_on(session)?;
    while let Some(row) = rows.next().failing_on(session)? {
        let number = row.get(0).failing_on(session)?;
        comparison.add(number, columns.read(row).as_ref().ok());
    }
    Ok(comparison.finish()?.numbers_to_seal(contradictions))
}
