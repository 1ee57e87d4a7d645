//! The log in a SQLite file, in either part of it: the table `execution_log`, or the key-value table of
//! a graph.

use super::graph::{self, GraphTable};
use super::place::Place;
use super::source::Source;
use super::{SqliteStore, verify};
use crate::error::{Error, Result};
use crate::model::StoredRun;
use crate::model::{ExecutionContext, ExecutionRecord};
use crate::query::Selection;
use crate::store::deadline;
use crate::store::report::{Imported, ReindexReport, VerifyReport};
use crate::store::verify::finding;
use crate::store::{
    CreateIfMissing, Finish, KvLogStore, LogStore, Removal, Sealed, SharedStore, Summarised,
    Verification,
};
use parking_lot::Mutex;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many runs one transaction removes, since the host may be waiting for the lock.
const CHUNK: usize = 1000;

/// The log of a SQLite file. If the table `execution_log` has no runs and the key-value table has some,
/// the log is in the key-value table.
pub(crate) struct SqliteFileStore {
    table: SqliteStore,
    key_value_table: Arc<GraphTable>,
    graph: KvLogStore<Arc<GraphTable>>,
    /// The part that holds the log, or will hold it.
    part: Mutex<Option<Part>>,
    /// How often the file was replaced when it was last looked at.
    replacements: AtomicU64,
}

/// A part of a SQLite file that can hold a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Table,
    Graph,
}

impl SqliteFileStore {
    pub(crate) fn file(path: &Path) -> Self {
        Self::new(path, Source::file, None)
    }

    pub(crate) fn read_only(path: &Path) -> Self {
        Self::new(path, Source::read_only, None)
    }

    fn new(path: &Path, source: fn(&Path) -> Source, part: Option<Part>) -> Self {
        let key_value_table = Arc::new(GraphTable::new(source(path)));
        Self {
            table: SqliteStore::new(source(path)),
            graph: KvLogStore::new(Arc::clone(&key_value_table)),
            key_value_table,
            part: Mutex::new(part),
            replacements: AtomicU64::new(0),
        }
    }

    /// The log in the key-value table of `table`'s file, or `None` if `table` is not in a file of its
    /// own.
    pub(super) fn in_graph_beside(table: &SqliteStore) -> Option<Self> {
        let Source::Own {
            place: Place::File(path),
            is_read_only,
            ..
        } = &table.source
        else {
            return None;
        };
        let source = if *is_read_only {
            Source::read_only
        } else {
            Source::file
        };
        let in_graph = Self::new(path, source, Some(Part::Graph));
        in_graph.set_busy_timeout(table.busy_timeout.get());
        Some(in_graph)
    }

    /// The part that holds the log. A file without runs keeps its log in the table until there are runs
    /// in the graph.
    fn part(&self) -> Result<Part> {
        if let Some(part) = *self.part.lock() {
            return Ok(part);
        }
        match self.table.has_runs() {
            Ok(false) | Err(Error::Schema { .. }) => {}
            Err(error @ Error::Busy { .. }) => return Err(error),
            // Reading the table reports the problem.
            Err(_) => return Ok(Part::Table),
            Ok(true) => {
                *self.part.lock() = Some(Part::Table);
                return Ok(Part::Table);
            }
        }
        if self.graph.exists()? {
            *self.part.lock() = Some(Part::Graph);
            return Ok(Part::Graph);
        }
        Ok(Part::Table)
    }

    fn read<T>(&self, work: impl FnOnce(&dyn LogStore) -> Result<T>) -> Result<T> {
        self.waiting_once(|| match self.part()? {
            Part::Table => work(&self.table),
            Part::Graph => work(&self.graph),
        })
    }

    /// Reads several keys that belong together.
    pub(super) fn read_at_one_moment<T>(
        &self,
        work: impl FnOnce(&dyn LogStore) -> Result<T>,
    ) -> Result<T> {
        self.waiting_once(|| match self.part()? {
            Part::Table => work(&self.table),
            Part::Graph => self.key_value_table.at_one_moment(|| work(&self.graph)),
        })
    }

    /// Writes in one transaction. The engine cannot claim a key, so another process could otherwise
    /// take the same index place between two writes.
    pub(super) fn write<T>(
        &self,
        create: CreateIfMissing,
        work: impl FnOnce(&dyn LogStore) -> Result<T>,
    ) -> Result<T> {
        self.waiting_once(|| match self.part()? {
            Part::Table => work(&self.table),
            Part::Graph => self
                .key_value_table
                .atomically(create, || work(&self.graph))
                .inspect_err(|_| self.graph.doubt_newest_seal()),
        })
    }

    /// Finds the log and uses it under one deadline, so that both wait for locks no longer than one
    /// call.
    fn waiting_once<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        deadline::within(self.table.busy_timeout.get(), work)
    }

    fn verify_graph(&self, verification: &Verification) -> Result<VerifyReport> {
        let mut verified = VerifyReport::default();
        let read = self.key_value_table.at_one_moment(|| {
            let damage = self.key_value_table.damage()?;
            let keys = self.graph.verify(verification);
            let damage = damage
                .into_iter()
                .map(|problem| finding(graph::TABLE, problem.replace('\n', "; ")));
            verified.findings.extend(damage);
            let keys = keys?;
            let damage = std::mem::take(&mut verified.findings);
            verified = keys;
            verified.findings.splice(..0, damage);
            Ok(())
        });
        verify::report_damage(read, graph::TABLE, &mut verified)?;
        Ok(verified)
    }
}

impl LogStore for SqliteFileStore {
    fn prepare(&self) -> Result<()> {
        self.write(CreateIfMissing::Yes, |log| log.prepare())
    }

    fn file(&self, create: CreateIfMissing) -> Result<Option<PathBuf>> {
        self.table.file(create)
    }

    fn insert(&self, record: ExecutionRecord, context: Option<&ExecutionContext>) -> Result<i64> {
        self.write(CreateIfMissing::Yes, |log| log.insert(record, context))
    }

    fn import(&self, runs: &[StoredRun]) -> Result<Vec<Imported>> {
        self.write(CreateIfMissing::Yes, |log| log.import(runs))
    }

    fn exists(&self) -> Result<bool> {
        self.read(|log| log.exists())
    }

    fn look_again(&self) -> u64 {
        let before = self.replacements.load(Ordering::Acquire);
        let now = self.table.look_again() + self.key_value_table.look_again();
        if now != before {
            *self.part.lock() = None;
            self.replacements.store(now, Ordering::Release);
        }
        now
    }

    fn head_name(&self) -> &'static str {
        match self.part() {
            Ok(Part::Graph) => self.graph.head_name(),
            Ok(Part::Table) | Err(_) => self.table.head_name(),
        }
    }

    fn last_number(&self) -> Result<Option<i64>> {
        self.read(|log| log.last_number())
    }

    fn finds_running_by_index(&self) -> bool {
        *self.part.lock() == Some(Part::Table)
    }

    fn forgets_newest_at_power_cut(&self) -> bool {
        true
    }

    fn is_in_graph(&self) -> Result<bool> {
        self.waiting_once(|| Ok(self.part()? == Part::Graph))
    }

    fn has_log_in_graph(&self) -> Result<bool> {
        self.waiting_once(|| self.graph.exists())
    }

    fn in_graph(&self) -> Option<Arc<SharedStore>> {
        self.table.in_graph()
    }

    fn finish(&self, execution_id: &str, finish: &Finish) -> Result<()> {
        self.write(CreateIfMissing::No, |log| log.finish(execution_id, finish))
    }

    fn settle(&self, execution_id: &str, id: i64, message: &str) -> Result<bool> {
        self.write(CreateIfMissing::No, |log| {
            log.settle(execution_id, id, message)
        })
    }

    fn pin(&self, execution_id: &str, id: i64, note: Option<&str>) -> Result<bool> {
        self.write(CreateIfMissing::No, |log| log.pin(execution_id, id, note))
    }

    fn busy_timeout(&self) -> Duration {
        self.table.busy_timeout()
    }

    fn set_busy_timeout(&self, time: Duration) {
        self.table.set_busy_timeout(time);
        self.key_value_table.set_busy_timeout(time);
    }

    /// Does nothing: every write has been committed when it returns.
    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn get(&self, execution_id: &str) -> Result<Option<ExecutionRecord>> {
        self.read(|log| log.get(execution_id))
    }

    fn find(&self, execution_id: &str) -> Result<Option<StoredRun>> {
        self.read(|log| log.find(execution_id))
    }

    fn find_by_number(&self, number: i64) -> Result<Option<StoredRun>> {
        self.read(|log| log.find_by_number(number))
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        self.read(|log| log.ids_with_prefix(prefix, limit))
    }

    fn runs(&self, selection: Selection) -> Box<dyn Iterator<Item = Result<StoredRun>> + '_> {
        match self.waiting_once(|| self.part()) {
            Ok(Part::Table) => self.table.runs(selection),
            Ok(Part::Graph) => self.graph.runs(selection),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }

    fn summaries(&self, selection: Selection) -> Box<dyn Iterator<Item = Result<Summarised>> + '_> {
        match self.waiting_once(|| self.part()) {
            Ok(Part::Table) => self.table.summaries(selection),
            Ok(Part::Graph) => self.graph.summaries(selection),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }

    fn remove(&self, execution_ids: &[&str], removal: Removal) -> Result<()> {
        if self.waiting_once(|| self.part())? == Part::Table {
            return self.table.remove(execution_ids, removal);
        }
        for chunk in execution_ids.chunks(CHUNK) {
            let remove = || self.graph.remove_runs(chunk, removal);
            self.key_value_table
                .atomically(CreateIfMissing::No, remove)
                .inspect_err(|_| self.graph.doubt_newest_seal())?;
        }
        self.key_value_table
            .optimistically(|| {
                self.graph.doubt_newest_seal();
                self.graph.finish_removal()
            })
            .inspect_err(|_| self.graph.doubt_newest_seal())
    }

    fn reindex(&self, now_ms: i64) -> Result<ReindexReport> {
        match self.waiting_once(|| self.part())? {
            Part::Table => self.table.reindex(now_ms),
            Part::Graph => {
                let table = &self.key_value_table;
                // Each attempt begins without what a rolled back one has found.
                let reindex = || {
                    self.graph.doubt_newest_seal();
                    self.graph.reindex(now_ms)
                };
                let reindexed = table.optimistically(reindex);
                reindexed.inspect_err(|_| self.graph.doubt_newest_seal())
            }
        }
    }

    fn verify(&self, verification: &Verification) -> Result<VerifyReport> {
        self.waiting_once(|| match self.part()? {
            Part::Table => self.table.verify(verification),
            Part::Graph => self.verify_graph(verification),
        })
    }

    fn accept(&self) -> Result<()> {
        self.write(CreateIfMissing::No, |log| log.accept())
    }

    fn write_no_seals(&self) {
        self.table.write_no_seals();
        self.graph.write_no_seals();
    }

    fn newest_seal(&self) -> Option<Sealed> {
        match *self.part.lock() {
            Some(Part::Graph) => self.graph.newest_seal(),
            Some(Part::Table) | None => self.table.newest_seal(),
        }
    }

    fn sealed(&self) -> Result<Option<Sealed>> {
        self.read_at_one_moment(|log| log.sealed())
    }

    fn connect(&self) -> Result<Connection> {
        self.table.connect()
    }
}
