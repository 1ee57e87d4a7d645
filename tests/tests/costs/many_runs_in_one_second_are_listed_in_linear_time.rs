//! What it costs to read runs that all began in the same second, as a script or an import makes them.

use execlog::kv::{KvEntry, KvStore, MemoryKv};
use execlog::{ExecutionLog, LocalLog, OneThread, Result, Runs, Status};
use execlog_tests::record;
use parking_lot::Mutex;
use rusqlite::{Connection, params};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const FEW: u32 = 2_000;
const MANY: u32 = 4 * FEW;

/// A query, and how many of so many runs it finds.
type Query = (
    &'static str,
    fn(Runs<'_, OneThread>) -> Runs<'_, OneThread>,
    fn(u32) -> u32,
);

const QUERIES: [Query; 8] = [
    ("newest first", |runs| runs, |runs| runs),
    ("oldest first", |runs| runs.oldest_first(), |runs| runs),
    ("as added", |runs| runs.as_added(), |runs| runs),
    (
        "without contexts",
        |runs| runs.without_contexts(),
        |runs| runs,
    ),
    ("half", |runs| runs.limit(FEW as usize / 2), |_| FEW / 2),
    ("errors", |runs| runs.status(Status::Error), |runs| runs / 4),
    ("running", |runs| runs.status(Status::Running), |_| 0),
    ("a text", |runs| runs.text("4.17"), |runs| runs),
];

/// Fills a database with runs of one second: of four, one is an error and one has not ended.
fn fill(connection: &Connection, runs: u32) {
    let insert = "INSERT INTO execution_log (execution_id, tool_version, args, db_path, started_at, \
         outcome) VALUES (?1, '4.17.0', '[\"index\"]', 'code.db', 1795368717, ?2)";
    let outcomes = ["success", "error", "running", "partial"].iter().cycle();
    connection.execute_batch("BEGIN").expect("begins");
    for (number, outcome) in (0..runs).zip(outcomes) {
        connection
            .execute(insert, params![format!("run-{number}"), outcome])
            .expect("inserted");
    }
    connection.execute_batch("COMMIT").expect("committed");
}

/// How many steps SQLite takes for each query, in hundreds.
fn steps(runs: u32) -> Vec<u64> {
    let connection = Connection::open_in_memory().expect("a database");
    let steps = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&steps);
    let shared = Arc::new(Mutex::new(connection));
    let log: LocalLog = ExecutionLog::with_connection(Arc::clone(&shared)).into();
    log.ensure_schema().expect("made");
    fill(&shared.lock(), runs);
    shared.lock().progress_handler(
        100,
        Some(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            false
        }),
    );
    let cost = |(name, query, found): &Query| {
        let before = steps.load(Ordering::Relaxed);
        let given = query(log.runs()).into_iter().map(|run| run.expect("reads"));
        assert_eq!(given.count(), found(runs) as usize, "{name}");
        steps.load(Ordering::Relaxed) - before
    };
    QUERIES.iter().map(cost).collect()
}

/// A store that counts what it is asked for.
#[derive(Clone, Default)]
struct Counted {
    store: MemoryKv,
    reads: Rc<Cell<u64>>,
}

impl KvStore for Counted {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.reads.set(self.reads.get() + 1);
        self.store.get(key)
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Result<()> {
        self.store.set(key, value)
    }

    fn delete(&self, key: &[u8]) -> Result<()> {
        self.store.delete(key)
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<KvEntry>> {
        let found = self.store.scan(prefix)?;
        self.reads.set(self.reads.get() + found.len() as u64);
        Ok(found)
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }
}

/// How many entries a key-value store reads for each query.
fn reads(runs: u32) -> Vec<u64> {
    let store = Counted::default();
    let log = ExecutionLog::from_local_kv_store(store.clone());
    for number in 0..runs {
        log.log_execution(&record(&format!("run-{number}")))
            .expect("stored");
    }
    let cost = |(_, query, _): &Query| {
        store.reads.set(0);
        query(log.runs()).into_iter().for_each(drop);
        store.reads.get()
    };
    QUERIES.iter().map(cost).collect()
}

/// Four times the runs may take four times as much, and a little more.
fn assert_linear(cost: fn(u32) -> Vec<u64>) {
    for (((name, ..), few), many) in QUERIES.iter().zip(cost(FEW)).zip(cost(MANY)) {
        assert!(many <= 5 * few + 100, "{name}: {few} and {many}");
    }
}

#[test]
fn in_sqlite_it_grows_with_how_many_they_are() {
    assert_linear(steps);
}

#[test]
fn in_a_key_value_store_it_grows_with_how_many_they_are() {
    assert_linear(reads);
}
