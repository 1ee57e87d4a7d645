//! Sealing runs that lack a seal.

use super::comparison::Comparison;
use super::sealer::Sealer;
use super::tables::{begin_anew, by_run, check_journal};
use crate::error::Result;
use crate::seal::SealEvent;
use crate::store::report::VerifyReport;
use crate::store::seals::{Contradictions, Verification};
use crate::store::sqlite::errors::Failing;
use crate::store::sqlite::record;
use crate::store::sqlite::row::Columns;
use crate::store::sqlite::session::Session;
use rusqlite::{OptionalExtension, params};
use std::collections::HashSet;
use std::sync::atomic::Ordering;

/// How many runs from before the journal each new run adopts.
const ADOPTED_BEFORE: usize = 16;
/// How many runs of another program each new run adopts.
const ADOPTED_SINCE: usize = 64;
/// How many seals are read at most to find those runs.
const SEALS_READ: usize = 1024;

impl Sealer {
    /// Adopts the newest runs before this one that lack a seal, and some from before the journal.
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
        let unadopted = unadopted(session)?;
        for id in unsealed_before(session, number, unadopted)? {
            self.seal(session, columns, id, SealEvent::Adopted)?;
        }
        if unadopted > 0 {
            self.adopt_from_before(session, columns, unadopted)?;
            // Looks again with the next run.
            self.adopted.store(0, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Adopts some of the runs from before the journal, the newest first.
    fn adopt_from_before(&self, session: &Session, columns: Columns, unadopted: i64) -> Result<()> {
        let sql = format!(
            "SELECT id FROM main.execution_log WHERE id <= ?1 ORDER BY id DESC LIMIT {ADOPTED_BEFORE}"
        );
        let ids: Vec<i64> = session
            .prepare_cached(&sql)
            .and_then(|mut find| find.query_map([unadopted], |row| row.get(0))?.collect())
            .failing_on(session)?;
        for id in &ids {
            self.seal(session, columns, *id, SealEvent::Adopted)?;
        }
        let is_done = ids.len() < ADOPTED_BEFORE;
        let left = ids.last().filter(|_| !is_done).map_or(0, |id| id - 1);
        let sql = "UPDATE main.execlog_journal SET unadopted = ?1";
        session.execute(sql, [left]).failing_on(session).map(drop)
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
        self.seal_all(session, columns, Contradictions::Stay)
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
        check_journal(session, &Verification::default(), &mut verified)?;
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
        let sql = "UPDATE main.execlog_journal SET unadopted = 0";
        session.execute(sql, []).failing_on(session).map(drop)
    }
}

/// The last of the runs from before the journal that are not adopted yet, or 0.
fn unadopted(session: &Session) -> Result<i64> {
    let found = session
        .prepare_cached("SELECT unadopted FROM main.execlog_journal WHERE id = 1")
        .and_then(|mut find| find.query_row([], |row| Ok(row.get(0).ok())).optional());
    Ok(found.failing_on(session)?.flatten().unwrap_or(0))
}

/// The runs before this one that other programs have added since the last run that was sealed as it
/// began.
fn unsealed_before(session: &Session, number: i64, unadopted: i64) -> Result<Vec<i64>> {
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
        None if read < SEALS_READ => unadopted,
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
