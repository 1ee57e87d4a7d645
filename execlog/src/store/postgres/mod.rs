//! The log of a team, in PostgreSQL.
//!
//! `address` is a server, with `password` and `tls`. `connection` keeps an `open` one, `session` is one for one
//! call with some `patience`, and `errors` says which failures are worth another try. `schema` creates the
//! tables. `columns` lists their columns, and `row` makes runs of rows and rows of runs, with `value` and
//! `text`. `record` has the statements on runs. `pages` queries runs with the `conditions` in SQL, and
//! `summaries` reads them without their long texts. `statistics` counts them in the server. `import` takes runs
//! of other logs, and `seals` is the journal of changes. `verify` checks the runs `by_origin` with a `cursor`, and
//! `reindex` repairs what is beside them; `aside` keeps contexts that contradict a run.

mod address;
mod aside;
mod by_origin;
mod columns;
mod conditions;
mod connection;
mod cursor;
mod errors;
mod import;
mod open;
mod pages;
mod password;
mod patience;
mod record;
mod reindex;
mod row;
mod schema;
#[cfg(feature = "seals")]
mod seals;
#[cfg(not(feature = "seals"))]
#[path = "without_seals.rs"]
mod seals;
mod session;
mod statistics;
mod summaries;
mod text;
#[cfg(feature = "postgres-tls")]
mod tls;
#[cfg(not(feature = "postgres-tls"))]
#[path = "without_tls.rs"]
mod tls;
mod value;
mod verify;

pub(crate) use address::is_url;

use super::finish::settled;
use super::{
    Counted, CreateIfMissing, Finish, Heard, LogStore, Removal, Sealed, Summarised, whole_runs,
};
use crate::error::{Error, Result};
use crate::model::record::RUNNING;
use crate::model::{ExecutionContext, ExecutionRecord, Grouping, StoredRun};
use crate::query::Selection;
use crate::seal::SealEvent;
use crate::store::deadline::BusyTimeout;
use crate::store::report::{Imported, ReindexReport, VerifyReport};
use crate::store::seals::Verification;
use address::Address;
use connection::Connection;
use errors::Problem;
use pages::{Pages, WholeRuns};
use parking_lot::Mutex;
use patience::Patience;
use record::Others;
use row::Columns;
use seals::Sealer;
use session::{Session, Transaction};
use std::path::PathBuf;
use std::time::Duration;
use summaries::Summaries;

/// A log in the schema `execlog` of a database of PostgreSQL.
pub(crate) struct PostgresStore {
    connection: Connection,
    sealer: Sealer,
    busy_timeout: BusyTimeout,
}

/// Whether an earlier try of the same call may have stored what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// The connection was lost before the answer to its commit came.
    Unknown,
}

impl PostgresStore {
    /// A log on the server of this URL, connected at first use.
    pub(crate) fn open(url: &str) -> Result<Self> {
        Ok(Self {
            connection: Connection::new(Address::of_url(url)?),
            sealer: Sealer::default(),
            busy_timeout: BusyTimeout::default(),
        })
    }

    /// The server of this URL, to show it.
    pub(crate) fn server_name(url: &str) -> Result<String> {
        Ok(Address::without_password(url)?.to_string())
    }

    fn of_reader(&self) -> Patience {
        Patience::of_reader(self.busy_timeout.get())
    }

    fn of_host(&self) -> Patience {
        Patience::of_host(self.busy_timeout.get())
    }

    /// Calls `work` until it succeeds, fails for good, or the time is over.
    fn trying<T: Send>(
        &self,
        patience: Patience,
        work: impl Fn(&mut Session, Before) -> Result<T, Problem> + Sync,
    ) -> Result<T, Problem> {
        const FIRST_PAUSE: Duration = Duration::from_millis(10);
        const LONGEST_PAUSE: Duration = Duration::from_millis(500);
        let mut before = Before::Nothing;
        let mut cause = None;
        let mut pause = FIRST_PAUSE;
        loop {
            let done = self.connection.with(patience, |session| {
                self.sealer.note_rolled_back();
                work(session, before)
            });
            match done {
                Err(problem) if problem.is_worth_another_try() && patience.lasts(pause) => {
                    if problem.is_unknown_commit() {
                        before = Before::Unknown;
                    }
                    if !problem.is_timeout() {
                        cause = Some(problem);
                    }
                    std::thread::sleep(pause);
                    pause = LONGEST_PAUSE.min(pause * 2);
                }
                // The time was spent on trying again.
                Err(problem) if problem.is_timeout() => return Err(cause.unwrap_or(problem)),
                done => return done,
            }
        }
    }

    fn address(&self) -> &Address {
        self.connection.address()
    }

    /// Calls `work` in a transaction, with the tables. Creates them if they are missing.
    fn writing<T: Send>(
        &self,
        patience: Patience,
        work: impl Fn(&mut Session, Before) -> Result<T, Problem> + Sync,
    ) -> Result<T> {
        let done = self.try_writing(patience, work);
        done.map_err(|problem| problem.into_error(self.address()))
    }

    /// The same, with the problem as it is.
    fn try_writing<T: Send>(
        &self,
        patience: Patience,
        work: impl Fn(&mut Session, Before) -> Result<T, Problem> + Sync,
    ) -> Result<T, Problem> {
        self.trying(patience, |session, before| {
            schema::create(session, self.address())?;
            let done = session.transaction(Transaction::Writes, |session| work(session, before))?;
            self.sealer.note_committed();
            Ok(done)
        })
    }

    /// Calls `work` in a transaction that changes an existing log.
    fn changing<T: Send>(
        &self,
        patience: Patience,
        work: impl Fn(&mut Session, Before) -> Result<T, Problem> + Sync,
    ) -> Result<Option<T>> {
        let done = self.trying(patience, |session, before| {
            if !schema::exist(session, self.address())? {
                return Ok(None);
            }
            let done = session.transaction(Transaction::Writes, |session| work(session, before))?;
            self.sealer.note_committed();
            Ok(Some(done))
        });
        done.map_err(|problem| problem.into_error(self.address()))
    }

    /// Calls `work` on an existing log, or gives `None`.
    fn existing<T: Send>(
        &self,
        work: impl Fn(&mut Session) -> Result<T, Problem> + Sync,
    ) -> Result<Option<T>> {
        let done = self.trying(self.of_reader(), |session, _| {
            if !schema::exist(session, self.address())? {
                return Ok(None);
            }
            work(session).map(Some)
        });
        done.map_err(|problem| problem.into_error(self.address()))
    }
}

impl LogStore for PostgresStore {
    fn prepare(&self) -> Result<()> {
        self.writing(self.of_host(), |session, _| {
            let sql = "DELETE FROM execlog.execution_log WHERE FALSE";
            session.execute(sql, &[]).map(drop)
        })
    }

    fn busy_timeout(&self) -> Duration {
        self.busy_timeout.get()
    }

    fn set_busy_timeout(&self, time: Duration) {
        self.busy_timeout.set(time);
    }

    fn file(&self, _: CreateIfMissing) -> Result<Option<PathBuf>> {
        Ok(None)
    }

    fn insert(&self, record: ExecutionRecord, context: Option<&ExecutionContext>) -> Result<i64> {
        let run = StoredRun {
            record,
            context: context.cloned().map(Box::new),
        };
        self.writing(self.of_host(), |session, before| {
            let execution_id = &run.record.execution_id;
            let both = Columns::RecordAndContext;
            match record::read(session, both, execution_id, Others::MayChange)? {
                // An earlier try of this call has added it.
                Some(Ok(known))
                    if before == Before::Unknown && is_same_but_for_number(&known, &run) =>
                {
                    return Ok(known.record.id);
                }
                Some(_) => return Err(Error::duplicate(execution_id).into()),
                None => {}
            }
            let mut run = run.clone();
            run.record.id = record::next_number(session)?;
            let (id, event) = (run.record.id, SealEvent::of_insert(&run.record));
            let run = [run];
            record::insert(session, &run)?;
            self.sealer.seal(session, event, &run)?;
            Ok(id)
        })
    }

    fn import(&self, runs: &[StoredRun]) -> Result<Vec<Imported>> {
        // What an earlier try of this call has done, if it was committed.
        let earlier = Mutex::new(Vec::new());
        self.writing(self.of_reader(), |session, before| {
            let imported = import::import(session, &self.sealer, runs)?;
            let mut earlier = earlier.lock();
            *earlier = match before {
                Before::Unknown => import::with_earlier(&earlier, imported),
                Before::Nothing => imported,
            };
            Ok(earlier.clone())
        })
    }

    fn last_number(&self) -> Result<Option<i64>> {
        self.existing(record::last_number)
    }

    fn finds_running_by_index(&self) -> bool {
        true
    }

    fn head_name(&self) -> &'static str {
        "head-server"
    }

    fn exists(&self) -> Result<bool> {
        Ok(self.existing(|_| Ok(()))?.is_some())
    }

    fn finish(&self, execution_id: &str, finish: &Finish) -> Result<()> {
        let finished = self.changing(self.of_host(), |session, before| {
            let both = Columns::RecordAndContext;
            let Some(found) = record::read(session, both, execution_id, Others::Wait)? else {
                return Err(Error::not_found(execution_id).into());
            };
            let found = found?;
            let mut ended = found.clone();
            finish.apply(&mut ended.record, ended.context.as_deref_mut());
            if before == Before::Unknown && ended == found {
                return Ok(());
            }
            finish.check(&found.record, found.context.as_deref())?;
            self.update(session, ended, SealEvent::Ended)
        })?;
        finished.ok_or_else(|| Error::not_found(execution_id))
    }

    fn settle(&self, execution_id: &str, id: i64, message: &str) -> Result<bool> {
        let settled = self.changing(self.of_reader(), |session, before| {
            let Some(found) = found(session, execution_id, id)? else {
                return Ok(false);
            };
            let settled = settled(found.clone(), message);
            if found.record.outcome != RUNNING {
                return Ok(before == Before::Unknown && settled == found);
            }
            self.update(session, settled, SealEvent::Settled)?;
            Ok(true)
        })?;
        Ok(settled.unwrap_or(false))
    }

    fn pin(&self, execution_id: &str, id: i64, note: Option<&str>) -> Result<bool> {
        let pinned = self.changing(self.of_reader(), |session, before| {
            let Some(mut found) = found(session, execution_id, id)? else {
                return Ok(false);
            };
            let known = found.clone();
            if let Some(context) = &mut found.context {
                context.pin = note.map(str::to_owned);
            } else {
                let context = ExecutionContext::of_pin(&found.record, note);
                found.context = Some(Box::new(context));
            }
            if before == Before::Nothing || found != known {
                self.update(session, found, SealEvent::Pinned)?;
            }
            Ok(true)
        })?;
        Ok(pinned.unwrap_or(false))
    }

    /// Does nothing: every write has been committed when it returns.
    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn get(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        let found = self.existing(|session| {
            let found = record::read(session, Columns::Record, execution_id, Others::MayChange)?;
            Ok(found.transpose()?)
        })?;
        Ok(found.flatten().map(|found| found.record))
    }

    fn find(&self, execution_id: &str) -> Result<Option<StoredRun>> {
        let found = self.existing(|session| {
            let both = Columns::RecordAndContext;
            let found = record::read(session, both, execution_id, Others::MayChange)?;
            Ok(found.transpose()?)
        })?;
        Ok(found.flatten())
    }

    fn find_by_number(&self, number: i64) -> Result<Option<StoredRun>> {
        let found = self.existing(|session| {
            let found = record::read_by_number(session, Columns::RecordAndContext, number)?;
            Ok(found.transpose()?)
        })?;
        Ok(found.flatten())
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        let ids = self.ids_with_prefixes(&[prefix], limit)?;
        Ok(ids.into_iter().flatten().collect())
    }

    fn ids_with_prefixes(&self, prefixes: &[&str], limit: usize) -> Result<Vec<Vec<String>>> {
        let ids = self.existing(|session| record::ids_with_prefixes(session, prefixes, limit))?;
        Ok(ids.unwrap_or_else(|| vec![Vec::new(); prefixes.len()]))
    }

    fn runs(&self, selection: Selection) -> Box<dyn Iterator<Item = Result<StoredRun>> + '_> {
        Box::new(Pages::<WholeRuns>::new(self, selection))
    }

    fn summaries(&self, selection: Selection) -> Box<dyn Iterator<Item = Result<Summarised>> + '_> {
        if selection.needs_whole_runs() {
            return whole_runs(self.runs(selection));
        }
        Box::new(Pages::<Summaries>::new(self, selection))
    }

    fn statistics(
        &self,
        selection: &Selection,
        by: Grouping,
        slowest: usize,
    ) -> Result<Option<Counted>> {
        if !statistics::can_count(selection) {
            return Ok(None);
        }
        let counted = self.existing(|session| {
            session.transaction(Transaction::ReadsOneMoment, |session| {
                statistics::count(session, &selection.filter, by, slowest)
            })
        })?;
        Ok(counted.flatten())
    }

    fn remove(&self, execution_ids: &[&str], removal: Removal) -> Result<()> {
        let removed = self.changing(self.of_reader(), |session, _| {
            let removed = record::remove(session, execution_ids, removal)?;
            self.sealer.drop_old(session, &removed.logs)?;
            self.sealer.seal_removed(session, &removed.numbers)
        });
        removed.map(drop)
    }

    fn reindex(&self, now_ms: i64) -> Result<ReindexReport> {
        let reindexed = self.changing(self.of_reader(), |session, _| {
            let reindexed = reindex::reindex(session, now_ms)?;
            self.sealer.adopt_all(session)?;
            Ok(reindexed)
        })?;
        Ok(reindexed.unwrap_or_else(ReindexReport::nothing))
    }

    fn verify(&self, verification: &Verification) -> Result<VerifyReport> {
        // On a connection of its own, since it reads for a long time.
        let apart = Self {
            connection: Connection::new(self.address().clone()),
            sealer: Sealer::default(),
            busy_timeout: BusyTimeout::default(),
        };
        let verified = apart.existing(|session| {
            session.transaction(Transaction::ReadsOneMoment, |session| {
                verify::verify(session, verification)
            })
        })?;
        Ok(verified.unwrap_or_else(|| verify::of_nothing(verification)))
    }

    fn accept(&self) -> Result<()> {
        let accepted = self.changing(self.of_reader(), |session, _| {
            self.sealer.accept_all(session)
        });
        accepted.map(drop)
    }

    fn heard(&self, execution_id: &str) -> Result<Option<Heard>> {
        let found = self.existing(|session| record::heard(session, execution_id))?;
        Ok(found.flatten())
    }

    fn write_no_seals(&self) {
        self.sealer.turn_off();
    }

    fn newest_seal(&self) -> Option<Sealed> {
        self.sealer.newest()
    }

    fn sealed(&self) -> Result<Option<Sealed>> {
        Ok(self.existing(seals::sealed)?.flatten())
    }

    fn connect(&self) -> Result<rusqlite::Connection> {
        Err(Error::NoConnection {
            kept: "in PostgreSQL",
        })
    }
}

impl PostgresStore {
    /// Writes a changed run, and seals it.
    fn update(
        &self,
        session: &mut Session,
        run: StoredRun,
        event: SealEvent,
    ) -> Result<(), Problem> {
        let run = [run];
        record::update(session, &run)?;
        self.sealer.seal(session, event, &run)
    }
}

fn is_same_but_for_number(known: &StoredRun, run: &StoredRun) -> bool {
    let mut known = known.clone();
    known.record.id = run.record.id;
    known == *run
}

/// The run with this execution id and number. Other writers wait.
fn found(session: &mut Session, execution_id: &str, id: i64) -> Result<Option<StoredRun>, Problem> {
    let both = Columns::RecordAndContext;
    let found = record::read(session, both, execution_id, Others::Wait)?;
    Ok(found.transpose()?.filter(|found| found.record.id == id))
}
