//! A log in SQLite.
//!
//! `source` provides the connection, `connection` opens one, and `session` is a connection for one
//! call. `schema` and `indexes` create the tables. `record`, `sequence` and `context` contain the
//! statements, with the list of `context_columns`; `row` reads rows. `pages` queries runs with the
//! `conditions` in SQL, and `summaries` reads them without their long texts. `ending` ends runs, and `import`
//! takes runs of other logs. `seals` is the journal of changes. `verify` and `reindex` check and repair, and
//! `aside` keeps contexts that contradict a run. `graph` is the key-value table of a graph in such a file, and
//! `in_file` finds out which of the two tables holds the log.

mod aside;
mod conditions;
mod connection;
mod context;
mod context_columns;
mod ending;
mod errors;
mod graph;
mod import;
mod in_file;
mod indexes;
mod journal;
mod json_column;
mod own_file;
mod pages;
mod place;
mod probe;
mod record;
mod reindex;
mod row;
mod schema;
#[cfg(feature = "seals")]
mod seals;
#[cfg(not(feature = "seals"))]
#[path = "without_seals.rs"]
mod seals;
mod sequence;
mod session;
mod source;
mod summaries;
mod text;
mod time_limit;
mod verify;

pub(crate) use probe::is_database;

use super::{CreateIfMissing, Finish, LogStore};
use crate::error::{Error, Result};
use crate::model::{ExecutionContext, ExecutionRecord, StoredRun};
use crate::query::Selection;
use crate::seal::SealEvent;
use crate::store::deadline::{BUSY_TIMEOUT, BusyTimeout};
use crate::store::report::{Imported, ReindexReport, VerifyReport};
use crate::store::{Removal, Sealed, SharedStore, Summarised, Verification, whole_runs};
use context::Contexts;
use errors::Failing;
pub(crate) use in_file::SqliteFileStore;
use pages::{Pages, WholeRuns};
use row::{Columns, Whole};
use rusqlite::Connection;
use seals::Sealer;
use session::Session;
use source::Source;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use summaries::SummaryReader;

/// A log in the table `execution_log` of a SQLite database, with a table of contexts beside it.
pub(crate) struct SqliteStore {
    source: Source,
    /// Whether the table was found, and found to be a log.
    has_table: AtomicBool,
    /// Whether the table of contexts was found, with every column.
    has_contexts: AtomicBool,
    sealer: Sealer,
    busy_timeout: BusyTimeout,
}

impl SqliteStore {
    pub(crate) fn file(path: &Path) -> Self {
        Self::new(Source::file(path))
    }

    pub(crate) fn memory() -> Self {
        Self::new(Source::memory())
    }

    pub(crate) fn shared(connection: Arc<parking_lot::Mutex<Connection>>) -> Self {
        Self::new(Source::shared(connection))
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            has_table: AtomicBool::new(false),
            has_contexts: AtomicBool::new(false),
            sealer: Sealer::default(),
            busy_timeout: BusyTimeout::default(),
        }
    }

    /// Runs `work` on a database with the table. Creates the table if it is missing.
    fn write<T>(&self, work: impl FnOnce(&Session) -> Result<T>) -> Result<T> {
        self.source
            .with_created(self.busy_timeout.deadline(), |session| {
                session.keep_short();
                if !self.has_table.load(Ordering::Relaxed) {
                    schema::create(session)?;
                    remember(&self.has_table, session);
                }
                self.sealing(session, work)
            })
    }

    /// Runs `work` on a database with the table, or gives `None` if the file or the table is missing.
    /// Creates neither.
    fn existing<T>(&self, work: impl FnOnce(&Session) -> Result<T>) -> Result<Option<T>> {
        if self.source.is_read_only() {
            self.look_again();
        }
        let found = self
            .source
            .with_existing(self.busy_timeout.deadline(), |session| {
                if !self.has_table.load(Ordering::Relaxed) {
                    if !schema::exists(session)? {
                        return Ok(None);
                    }
                    remember(&self.has_table, session);
                }
                work(session).map(Some)
            })?;
        Ok(found.flatten())
    }

    /// Runs `work`, which changes an existing log.
    fn changing<T>(&self, work: impl FnOnce(&Session) -> Result<T>) -> Result<Option<T>> {
        self.existing(|session| self.sealing(session, work))
    }

    /// Runs `work` with a journal for its seals.
    fn sealing<T>(&self, session: &Session, work: impl FnOnce(&Session) -> Result<T>) -> Result<T> {
        self.sealer
            .make_tables(session, || self.columns_to_seal(session))?;
        let done = work(session);
        self.sealer.note(done.is_ok() && session.is_autocommit());
        done
    }

    fn has_runs(&self) -> Result<bool> {
        let found = self.existing(|session| {
            let sql = "SELECT EXISTS (SELECT 1 FROM main.execution_log)";
            let found = session.query_row(sql, [], |row| row.get(0));
            found.failing_on(session)
        })?;
        Ok(found.unwrap_or(false))
    }

    fn contexts(&self, session: &Session) -> Result<Contexts> {
        if self.has_contexts.load(Ordering::Relaxed) {
            return Ok(Contexts::Whole);
        }
        let contexts = context::look_up(session)?;
        if contexts == Contexts::Whole {
            remember(&self.has_contexts, session);
        }
        Ok(contexts)
    }

    /// Creates the table of contexts, or the columns that it lacks.
    fn make_contexts(&self, session: &Session) -> Result<()> {
        if self.contexts(session)? != Contexts::Whole {
            context::create(session)?;
            remember(&self.has_contexts, session);
        }
        Ok(())
    }

    /// Seals a run as it is stored now.
    fn seal(&self, session: &Session, number: i64, event: SealEvent) -> Result<()> {
        let columns = self.columns_to_seal(session)?;
        self.sealer.seal(session, columns, number, event)
    }

    /// The columns that are sealed: without contexts if their table belongs to another program.
    fn columns_to_seal(&self, session: &Session) -> Result<Columns> {
        match self.columns(session) {
            Err(Error::Schema { .. }) => Ok(Columns::Record),
            columns => columns,
        }
    }

    /// The columns that a query for runs and their contexts selects.
    fn columns(&self, session: &Session) -> Result<Columns> {
        Ok(match self.contexts(session)? {
            Contexts::Missing => Columns::Record,
            Contexts::Early => Columns::RecordAndContext(Whole(false)),
            Contexts::Whole => Columns::RecordAndContext(Whole(true)),
        })
    }

    /// The run with this execution id, or an inner error if it is unreadable.
    fn read(&self, session: &Session, execution_id: &str) -> Result<Option<Result<StoredRun>>> {
        record::read(session, self.columns(session)?, execution_id)
    }
}

/// Not within a transaction: the host may have created the table in it, and may roll back.
fn remember(is_known: &AtomicBool, connection: &Connection) {
    is_known.store(connection.is_autocommit(), Ordering::Relaxed);
}

impl LogStore for SqliteStore {
    fn prepare(&self) -> Result<()> {
        self.has_table.store(false, Ordering::Relaxed);
        self.has_contexts.store(false, Ordering::Relaxed);
        self.sealer.forget();
        self.write(|connection| {
            // Takes the write lock, and fails if the database is not writable.
            let sql = "DELETE FROM main.execution_log WHERE FALSE";
            connection.execute(sql, []).failing_on(connection).map(drop)
        })
    }

    fn busy_timeout(&self) -> Duration {
        self.busy_timeout.get()
    }

    fn set_busy_timeout(&self, time: Duration) {
        self.busy_timeout.set(time);
    }

    fn file(&self, create: CreateIfMissing) -> Result<Option<PathBuf>> {
        let file_of = |session: &Session| Ok(self.source.file_of(session));
        match create {
            CreateIfMissing::Yes => self
                .source
                .with_created(self.busy_timeout.deadline(), file_of),
            CreateIfMissing::No => Ok(self
                .source
                .with_existing(self.busy_timeout.deadline(), file_of)?
                .flatten()),
        }
    }

    fn insert(&self, record: ExecutionRecord, context: Option<&ExecutionContext>) -> Result<i64> {
        self.write(|session| {
            if context.is_some() {
                self.make_contexts(session)?;
            } else if !self.sealer.is_on() {
                return record::insert(session, &record);
            }
            session.atomically(|session| {
                let id = record::insert(session, &record)?;
                if let Some(context) = context {
                    context::insert(session, context)?;
                }
                let columns = self.columns_to_seal(session)?;
                self.sealer.adopt_some(session, columns, id)?;
                self.seal(session, id, SealEvent::of_insert(&record))?;
                Ok(id)
            })
        })
    }

    fn look_again(&self) -> u64 {
        self.source.renew(|| {
            self.has_table.store(false, Ordering::Relaxed);
            self.has_contexts.store(false, Ordering::Relaxed);
            self.sealer.forget();
        })
    }

    fn last_number(&self) -> Result<Option<i64>> {
        self.existing(|session| sequence::last_number(session))
    }

    fn may_be_undone(&self) -> bool {
        self.source.may_be_undone()
    }

    fn finds_running_by_index(&self) -> bool {
        true
    }

    fn forgets_newest_at_power_cut(&self) -> bool {
        true
    }

    fn exists(&self) -> Result<bool> {
        Ok(self.existing(|_| Ok(()))?.is_some())
    }

    fn has_log_in_graph(&self) -> Result<bool> {
        match self.in_graph() {
            Some(in_graph) => in_graph.has_log_in_graph(),
            None => Ok(false),
        }
    }

    fn in_graph(&self) -> Option<Arc<SharedStore>> {
        let in_graph = SqliteFileStore::in_graph_beside(self)?;
        Some(Arc::new(in_graph))
    }

    fn import(&self, runs: &[StoredRun]) -> Result<Vec<Imported>> {
        self.import_all(runs)
    }

    fn finish(&self, execution_id: &str, finish: &Finish) -> Result<()> {
        self.end(execution_id, finish)
    }

    fn settle(&self, execution_id: &str, id: i64, message: &str) -> Result<bool> {
        let settled = self.changing(|session| {
            let has_contexts = self.contexts(session)? != Contexts::Missing;
            session.atomically(|session| {
                let is_settled = record::settle(session, (execution_id, id), message)?;
                if is_settled && has_contexts {
                    context::settle(session, execution_id)?;
                }
                if is_settled {
                    self.seal(session, id, SealEvent::Settled)?;
                }
                Ok(is_settled)
            })
        })?;
        Ok(settled.unwrap_or(false))
    }

    fn pin(&self, execution_id: &str, id: i64, note: Option<&str>) -> Result<bool> {
        let pinned = self.changing(|session| {
            self.make_contexts(session)?;
            session.atomically(|session| {
                let Some(found) = self.read(session, execution_id)?.transpose()? else {
                    return Ok(false);
                };
                match found.context {
                    _ if found.record.id != id => return Ok(false),
                    Some(_) => context::pin(session, execution_id, note)?,
                    None => {
                        let context = ExecutionContext::of_pin(&found.record, note);
                        context::insert(session, &context)?;
                    }
                }
                self.seal(session, id, SealEvent::Pinned)?;
                Ok(true)
            })
        })?;
        Ok(pinned.unwrap_or(false))
    }

    /// Does nothing: every write has been committed when it returns.
    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn get(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        let found = self.existing(|session| {
            record::read(session, Columns::Record, execution_id)?.transpose()
        })?;
        Ok(found.flatten().map(|found| found.record))
    }

    fn find(&self, execution_id: &str) -> Result<Option<StoredRun>> {
        let found = self.existing(|session| self.read(session, execution_id)?.transpose())?;
        Ok(found.flatten())
    }

    fn find_by_number(&self, number: i64) -> Result<Option<StoredRun>> {
        let found = self.existing(|session| {
            record::read_by_number(session, self.columns(session)?, number)?.transpose()
        })?;
        Ok(found.flatten())
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        let ids = self.existing(|session| record::ids_with_prefix(session, prefix, limit))?;
        Ok(ids.unwrap_or_default())
    }

    fn runs(&self, selection: Selection) -> Box<dyn Iterator<Item = Result<StoredRun>> + '_> {
        Box::new(Pages::new(self, WholeRuns, selection))
    }

    fn summaries(&self, selection: Selection) -> Box<dyn Iterator<Item = Result<Summarised>> + '_> {
        if selection.needs_whole_runs() {
            return whole_runs(self.runs(selection));
        }
        let reader = SummaryReader::new(selection.filter.clone());
        Box::new(Pages::new(self, reader, selection))
    }

    fn remove(&self, execution_ids: &[&str], removal: Removal) -> Result<()> {
        let execution_ids = serde_json::Value::from(execution_ids).to_string();
        let removed = self.changing(|session| {
            let contexts = self.contexts(session)?;
            session.atomically(|session| {
                let execution_ids = match removal {
                    Removal::OfPruning => {
                        record::without_kept(session, &execution_ids, contexts == Contexts::Whole)?
                    }
                    Removal::Any => execution_ids,
                };
                let numbers = record::remove_all(session, &execution_ids)?;
                self.sealer.seal_removed(session, &numbers)?;
                if contexts != Contexts::Missing {
                    context::remove_all(session, &execution_ids)?;
                }
                self.sealer.drop_old(session)
            })
        });
        removed.map(drop)
    }

    fn reindex(&self, now_ms: i64) -> Result<ReindexReport> {
        let reindexed = self.changing(|session| {
            let columns = self.columns(session)?;
            session.atomically(|session| {
                self.sealer.adopt_all(session, columns)?;
                reindex::reindex(session, columns, now_ms)
            })
        })?;
        Ok(reindexed.unwrap_or_else(ReindexReport::nothing))
    }

    fn verify(&self, verification: &Verification) -> Result<VerifyReport> {
        let mut verified = VerifyReport::default();
        let read = self.existing(|session| {
            let columns = self.columns(session)?;
            verified = verify::verify(session, columns, verification)?;
            Ok(())
        });
        verify::report_damage(read.map(drop), "the file", &mut verified)?;
        Ok(verified)
    }

    fn accept(&self) -> Result<()> {
        let accepted = self.changing(|session| {
            let columns = self.columns_to_seal(session)?;
            session.atomically(|session| self.sealer.accept_all(session, columns))
        });
        accepted.map(drop)
    }

    fn write_no_seals(&self) {
        self.sealer.turn_off();
    }

    fn newest_seal(&self) -> Option<Sealed> {
        self.sealer.newest()
    }

    fn sealed(&self) -> Result<Option<Sealed>> {
        Ok(self.existing(|session| seals::sealed(session))?.flatten())
    }

    fn connect(&self) -> Result<Connection> {
        let connection = self.source.connect()?;
        own_file::set_up_new(&connection, Instant::now() + BUSY_TIMEOUT)?;
        let waits = connection.busy_timeout(BUSY_TIMEOUT);
        waits.failing_on(&connection)?;
        Ok(connection)
    }
}
