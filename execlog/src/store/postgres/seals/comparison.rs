//! Compares the runs with their seals, log by log.

use super::journal::{journals, of_shipped, seal_at};
use crate::error::Result;
use crate::model::StoredRun;
use crate::seal::SealEvent;
use crate::store::postgres::by_origin::is_whole;
use crate::store::postgres::cursor::Cursor;
use crate::store::postgres::errors::Problem;
use crate::store::postgres::row::{Columns, Origin, number};
use crate::store::postgres::schema::OWN_LOG;
use crate::store::postgres::session::Session;
use crate::store::report::VerifyReport;
use crate::store::seals::{RunsCheck, StoredSeal, Under};
use std::collections::BTreeMap;
use tokio_postgres::Row;

/// A run, with the log that it is from.
pub(in crate::store::postgres) struct SealedRun<'a> {
    pub(in crate::store::postgres) origin: Origin,
    /// Its number in the server.
    pub(in crate::store::postgres) id: i64,
    /// `None` if it cannot be read.
    pub(in crate::store::postgres) run: Option<&'a StoredRun>,
    /// Whether no field of it was left out.
    pub(in crate::store::postgres) is_whole: bool,
}

impl<'a> SealedRun<'a> {
    /// The run of a row of [`RUNS_BY_ORIGIN`](crate::store::postgres::by_origin::RUNS_BY_ORIGIN).
    pub(in crate::store::postgres) fn of_row(
        row: &Row,
        read: &'a Result<StoredRun>,
    ) -> Result<Self, Problem> {
        Ok(Self {
            origin: origin(row)?,
            id: number(row)?,
            run: read.as_ref().ok(),
            is_whole: is_whole(row)?,
        })
    }
}

fn origin(row: &Row) -> Result<Origin, Problem> {
    let first = Columns::RecordAndContext.count();
    Ok(Origin {
        log: row.try_get(first)?,
        number: row.try_get(first + 1)?,
        sequence: row.try_get(first + 2)?,
    })
}

/// Compares the runs with their seals, by log and number.
///
/// A shipped run has the seals of its own log. Once it is settled or pinned in the server, it also has one of
/// the server, and it is right if it is as one of the two says.
pub(in crate::store::postgres) struct Comparison {
    cursor: Cursor,
    /// The seal that was read last and is not compared yet.
    next: Option<Next>,
    log: i64,
    check: RunsCheck,
    /// The seals of the server of runs that are not its own, by number.
    of_others: BTreeMap<i64, Vec<StoredSeal>>,
    /// The checks of shipped logs that found something.
    shipped: Vec<(i64, RunsCheck)>,
    own: RunsCheck,
}

struct Next {
    log: i64,
    run: i64,
    /// Whether the run was removed from the server.
    is_removed: bool,
    seal: StoredSeal,
}

impl Comparison {
    pub(in crate::store::postgres) fn new(session: &mut Session) -> Result<Self, Problem> {
        let sql = "SELECT log, run, EXISTS (SELECT FROM execlog.execlog_removed AS removed \
             WHERE removed.log = seal.log AND removed.number = seal.run), \
             sequence, run, event, digest, checksum \
             FROM execlog.execlog_seal AS seal ORDER BY log, run, sequence";
        let mut comparison = Self {
            cursor: Cursor::open(session, "seals_by_run", sql)?,
            next: None,
            log: OWN_LOG,
            check: RunsCheck::default(),
            of_others: BTreeMap::new(),
            shipped: Vec::new(),
            own: RunsCheck::default(),
        };
        comparison.read(session)?;
        Ok(comparison)
    }

    /// Compares the next run.
    pub(in crate::store::postgres) fn add(
        &mut self,
        session: &mut Session,
        sealed: &SealedRun,
    ) -> Result<(), Problem> {
        let Origin {
            log,
            number,
            sequence,
        } = sealed.origin;
        self.add_gone(session, (log, number))?;
        self.turn_to(log);
        let mut seals = self.seals_of(session, (log, number))?;
        let here = sealed.run.map_or(Under::Unreadable, Under::Run);
        if log == OWN_LOG {
            self.check.add(number, here, &seals);
            return Ok(());
        }
        let of_server = self.of_others.remove(&sealed.id);
        if let (Some(StoredSeal::Whole(newest)), Some(run)) =
            (of_server.as_deref().and_then(<[_]>::last), sealed.run)
            && newest.is_of(Some(run))
        {
            return Ok(());
        }
        if !sealed.is_whole {
            return Ok(());
        }
        // The log may have removed the run since, or the seals of later changes may have arrived first.
        seals.retain(|seal| i64::try_from(seal.sequence()).is_ok_and(|place| place <= sequence));
        let as_in_its_log = sealed.run.cloned().map(|mut run| {
            run.record.id = number;
            run
        });
        let here = as_in_its_log.as_ref().map_or(Under::Unreadable, Under::Run);
        self.check.add(number, here, &seals);
        Ok(())
    }

    /// Compares the seals of runs that are not in the server, before this one.
    fn add_gone(&mut self, session: &mut Session, until: (i64, i64)) -> Result<(), Problem> {
        while let Some(next) = &self.next {
            let (log, run, is_removed) = (next.log, next.run, next.is_removed);
            if (log, run) >= until {
                return Ok(());
            }
            self.turn_to(log);
            let seals = self.seals_of(session, (log, run))?;
            let newest = seals.last();
            let says_removed =
                matches!(newest, Some(StoredSeal::Whole(seal)) if seal.event == SealEvent::Removed);
            if log == OWN_LOG && !says_removed {
                self.of_others.insert(run, seals);
            } else if !is_removed {
                self.check.add(run, Under::Nothing, &seals);
            }
        }
        Ok(())
    }

    /// Turns to the runs of this log.
    fn turn_to(&mut self, log: i64) {
        if log != self.log {
            let check = std::mem::take(&mut self.check);
            if self.log == OWN_LOG {
                self.own = check;
            } else {
                self.shipped.push((self.log, check));
            }
            self.log = log;
        }
    }

    /// Takes the seals of this run, which are the next ones if it has any.
    fn seals_of(
        &mut self,
        session: &mut Session,
        of: (i64, i64),
    ) -> Result<Vec<StoredSeal>, Problem> {
        let mut seals = Vec::new();
        while let Some(next) = self.next.take_if(|next| (next.log, next.run) == of) {
            seals.push(next.seal);
            self.read(session)?;
        }
        Ok(seals)
    }

    fn read(&mut self, session: &mut Session) -> Result<(), Problem> {
        let row = self.cursor.next(session)?;
        let read = |row: Row| {
            Ok::<_, Problem>(Next {
                log: row.try_get(0)?,
                run: row.try_get(1)?,
                is_removed: row.try_get(2)?,
                seal: seal_at(&row, 3)?,
            })
        };
        self.next = row.map(read).transpose()?;
        Ok(())
    }

    /// The checks of the log itself and of the shipped logs, once every run was added.
    pub(super) fn finish(
        mut self,
        session: &mut Session,
    ) -> Result<(RunsCheck, Vec<(i64, RunsCheck)>), Problem> {
        self.add_gone(session, (i64::MAX, i64::MAX))?;
        // Ends the check of the log that was read last.
        self.turn_to(i64::MAX);
        for (number, seals) in std::mem::take(&mut self.of_others) {
            self.own.add(number, Under::Nothing, &seals);
        }
        Ok((self.own, self.shipped))
    }

    /// Reports what was found, once every run was added.
    pub(in crate::store::postgres) fn report(
        self,
        session: &mut Session,
        verified: &mut VerifyReport,
    ) -> Result<(), Problem> {
        let (own, shipped) = self.finish(session)?;
        own.finish(verified);
        let journals = journals(session, "")?;
        for (log, check) in shipped {
            let mut of_log = VerifyReport::default();
            check.finish(&mut of_log);
            let log_id = journals.iter().find(|(known, _)| *known == log);
            let log_id =
                log_id.map_or_else(|| log.to_string(), |(_, journal)| journal.log_id.clone());
            let findings = of_log.findings.into_iter();
            let findings = findings.map(|finding| of_shipped(finding, &log_id));
            verified.findings.extend(findings);
        }
        Ok(())
    }
}
