//! Comparing the runs with their seals.

use super::tables::of_row;
use crate::error::{Error, Result};
use crate::model::StoredRun;
use crate::store::report::VerifyReport;
use crate::store::seals::{RunsCheck, StoredSeal, Under};
use crate::store::sqlite::errors::Failing;
use crate::store::sqlite::session::Session;
use rusqlite::{Rows, Statement};

/// Compares the runs with their seals, in the order of their numbers.
pub(in crate::store::sqlite) struct Comparison<'a> {
    session: &'a Session<'a>,
    check: RunsCheck,
    /// The seals by run and place. `None` once every seal was read.
    rows: Option<Rows<'a>>,
    /// The seal that was read last and is not compared yet.
    next: Option<StoredSeal>,
    stopped: Option<Error>,
}

impl<'a> Comparison<'a> {
    /// `seals` is the statement of [`by_run`](super::by_run).
    pub(in crate::store::sqlite) fn new(
        session: &'a Session<'a>,
        seals: Option<&'a mut Statement<'_>>,
    ) -> Result<Self> {
        let rows = seals.map(|seals| seals.query([]).failing_on(session));
        let mut comparison = Self {
            session,
            check: RunsCheck::default(),
            rows: rows.transpose()?,
            next: None,
            stopped: None,
        };
        comparison.read();
        Ok(comparison)
    }

    /// Compares the next run, `None` if it cannot be read.
    pub(in crate::store::sqlite) fn add(&mut self, number: i64, run: Option<&StoredRun>) {
        self.add_gone(|gone| gone < number);
        let seals = self.seals_of(number);
        if self.stopped.is_none() {
            let run = run.map_or(Under::Unreadable, Under::Run);
            self.check.add(number, run, &seals);
        }
    }

    /// Compares the seals of runs that are not in the log.
    fn add_gone(&mut self, is_gone: impl Fn(i64) -> bool) {
        while let Some(seal) = self.next {
            match seal.run() {
                // Reported with the journal.
                None => self.read(),
                Some(run) if is_gone(run) => {
                    let seals = self.seals_of(run);
                    self.check.add(run, Under::Nothing, &seals);
                }
                Some(_) => return,
            }
        }
    }

    /// Takes the seals of this run, which are the next ones if it has any.
    fn seals_of(&mut self, number: i64) -> Vec<StoredSeal> {
        let mut seals = Vec::new();
        while let Some(seal) = self.next.filter(|seal| seal.run() == Some(number)) {
            seals.push(seal);
            self.read();
        }
        seals
    }

    fn read(&mut self) {
        self.next = None;
        let Some(rows) = &mut self.rows else {
            return;
        };
        let read = rows.next().failing_on(self.session);
        let seal = read.and_then(|row| row.map(of_row).transpose().failing_on(self.session));
        match seal {
            Ok(Some(seal)) => self.next = Some(seal),
            Ok(None) => self.rows = None,
            Err(error) => {
                self.rows = None;
                self.stopped = Some(error);
            }
        }
    }

    /// What was found, once every run was added.
    pub(in crate::store::sqlite) fn finish(mut self) -> Result<RunsCheck> {
        self.add_gone(|_| true);
        self.stopped.map_or(Ok(self.check), Err)
    }

    /// Reports what was found, once every run was added.
    pub(in crate::store::sqlite) fn report(self, verified: &mut VerifyReport) -> Result<()> {
        self.finish()?.finish(verified);
        Ok(())
    }
}
