//! The index of a log in a key-value store: what it costs, and what it survives.

mod where_it_is_wrong;

use execlog::kv::{KvEntry, KvStore, MemoryKv};
use execlog::{Error, ExecutionLog, ExecutionRecord, LocalLog, Policy, Result, Threads};
use execlog_tests::record;
use std::cell::Cell;
use std::rc::Rc;

/// A store that counts what is read, and lets only so many writes through, as if the process died
/// then.
#[derive(Clone, Default)]
struct Watched {
    store: MemoryKv,
    reads: Rc<Cell<usize>>,
    scans: Rc<Cell<usize>>,
    writes: Rc<Cell<usize>>,
    most_writes: Rc<Cell<Option<usize>>>,
    cannot_flush: Rc<Cell<bool>>,
    flushes: Rc<Cell<usize>>,
}

impl Watched {
    fn over(store: &MemoryKv, most_writes: Option<usize>) -> Self {
        Self {
            store: store.clone(),
            most_writes: Rc::new(Cell::new(most_writes)),
            ..Self::default()
        }
    }

    fn write(&self, key: &[u8]) -> Result<()> {
        if self.most_writes.get() == Some(self.writes.get()) {
            return Err(Error::Engine {
                action: "write",
                key: String::from_utf8_lossy(key).into_owned(),
                source: "the process is dead".into(),
            });
        }
        self.writes.set(self.writes.get() + 1);
        Ok(())
    }
}

impl KvStore for Watched {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.reads.set(self.reads.get() + 1);
        self.store.get(key)
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Result<()> {
        self.write(key)?;
        self.store.set(key, value)
    }

    fn delete(&self, key: &[u8]) -> Result<()> {
        self.write(key)?;
        self.store.delete(key)
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<KvEntry>> {
        self.scans.set(self.scans.get() + 1);
        self.store.scan(prefix)
    }

    fn flush(&self) -> Result<()> {
        self.flushes.set(self.flushes.get() + 1);
        if self.cannot_flush.get() {
            return Err(Error::Engine {
                action: "flush",
                key: String::new(),
                source: "the disk is full".into(),
            });
        }
        Ok(())
    }
}

/// When all runs here began, or somewhat later.
const EPOCH: i64 = 1_770_000_000;

/// A run with its start in place of a number, as magellan keeps it.
fn run(id: &str, after: i64) -> ExecutionRecord {
    ExecutionRecord {
        id: EPOCH + after,
        started_at: EPOCH + after,
        ..record(id)
    }
}

/// Stores runs as magellan does, without an index and with the start as the number.
fn by_magellan(store: &MemoryKv, runs: &[(&str, i64)]) {
    for (id, started_at) in runs {
        let json = serde_json::to_vec(&run(id, *started_at)).expect("encodes");
        store
            .set(format!("execlog:{id}").as_bytes(), &json)
            .expect("stored");
    }
}

fn open(store: &MemoryKv) -> LocalLog {
    ExecutionLog::from_local_kv_store(store.clone())
}

fn ids(runs: Result<Vec<ExecutionRecord>>) -> Vec<String> {
    let runs = runs.expect("the log reads");
    runs.into_iter().map(|run| run.execution_id).collect()
}

/// The runs that the scan of the whole store finds and those that the index finds are the same.
fn listed(store: &MemoryKv) -> Vec<String> {
    let scanned = ids(open(store).list_all(None));
    assert_eq!(ids(open(store).get_recent(1000)), scanned);
    scanned
}

fn log<T: Threads>(log: &ExecutionLog<T>, id: &str, started_at: i64) -> Result<i64> {
    log.log_execution(&run(id, started_at))
}

#[test]
fn the_newest_are_as_cheap_in_a_long_log_as_in_a_short_one() {
    let reads = |runs: i64| {
        let store = MemoryKv::default();
        let own = open(&store);
        for run in 0..runs {
            // In the middle the clock was ahead for a while.
            let ahead = if run / 100 == runs / 200 {
                1_000_000
            } else {
                0
            };
            log(&own, &run.to_string(), run + ahead).expect("stored");
        }
        let watched = Watched::over(&store, None);
        let newest = ExecutionLog::from_local_kv_store(watched.clone()).get_recent(20);
        assert_eq!(ids(newest).len(), 20);
        assert_eq!((watched.scans.get(), watched.writes.get()), (0, 0));
        watched.reads.get()
    };
    let (short, long) = (reads(200), reads(20_000));
    assert!(
        long <= 2 * short,
        "{short} reads in the short log and {long} in the long one"
    );
}

/// The writes and reads of the second half of 1024 runs.
fn calls_of_512_runs(store: &Watched, own: &LocalLog) -> (usize, usize) {
    for run in 0..1024 {
        log(own, &run.to_string(), run).expect("stored");
        if run == 511 {
            store.reads.set(0);
            store.writes.set(0);
        }
    }
    (store.writes.get(), store.reads.get())
}

#[test]
fn to_log_a_run_is_as_cheap_in_a_long_log_as_in_a_short_one() {
    let store = Watched::default();
    let own = ExecutionLog::from_local_kv_store(store.clone()).without_seals();
    let (writes, reads) = calls_of_512_runs(&store, &own);
    assert_eq!(writes, 2 * 512);
    assert!(reads <= 4 * 512, "{reads} reads");
}

#[test]
fn to_seal_a_run_is_as_cheap_in_a_long_log_as_in_a_short_one() {
    let store = Watched::default();
    let own = ExecutionLog::from_local_kv_store(store.clone());
    let (writes, reads) = calls_of_512_runs(&store, &own);
    assert_eq!(writes, 3 * 512);
    assert!(reads <= 7 * 512, "{reads} reads");
}

#[test]
fn reading_writes_nothing_where_there_is_no_index() {
    let store = MemoryKv::default();
    by_magellan(&store, &[("a", 100), ("c", 300), ("b", 200)]);
    let watched = Watched::over(&store, Some(0));
    let log = ExecutionLog::from_local_kv_store(watched.clone());
    assert_eq!(ids(log.get_recent(2)), ["c", "b"]);
    assert_eq!(ids(log.list_all(None)), ["c", "b", "a"]);
    assert!(log.get_by_id("a").expect("reads").is_some());
    let plan = log.prune_plan(&Policy::new().keep_last(1));
    assert_eq!(plan.expect("nothing is written").removed.len(), 2);
}

#[test]
fn runs_without_an_index_are_taken_over_with_the_first_run_of_ones_own() {
    let store = MemoryKv::default();
    by_magellan(&store, &[("a", 100), ("z", 300), ("b", 300), ("c", 200)]);
    assert_eq!(log(&open(&store), "own", 300).expect("stored"), 5);
    assert_eq!(listed(&store), ["own", "z", "b", "c", "a"]);
    let taken_over = open(&store)
        .get_by_id("a")
        .expect("reads")
        .expect("is there");
    assert_eq!(taken_over, run("a", 100), "it is left as it was");

    by_magellan(&store, &[("late", 250)]);
    let found = open(&store).maintenance().reindex().expect("reindexed");
    assert_eq!((found.runs, found.added, found.was_right), (6, 1, false));
    assert_eq!(listed(&store), ["own", "z", "b", "late", "c", "a"]);
    assert_eq!(log(&open(&store), "next", 400).expect("stored"), 7);
    assert!(
        open(&store)
            .maintenance()
            .reindex()
            .expect("reindexed")
            .was_right
    );
}

/// The number of the run that a call logs, if it logs one.
type Call = fn(&LocalLog) -> Result<Option<i64>>;

#[test]
fn a_log_is_whole_wherever_the_process_dies() {
    let history: &[(&str, Call)] = &[
        ("own", |to| log(to, "own", 350).map(Some)),
        ("started", |to| {
            to.start_execution("started", "1.0.0", &[], None, "x")
                .map(Some)
        }),
        ("", |to| {
            to.finish_execution("started", "error", None, 0, 0, 0)?;
            Ok(None)
        }),
        ("late", |to| log(to, "late", 150).map(Some)),
        ("", |to| {
            to.prune_plan(&Policy::new().keep_last(3))
                .and_then(execlog::PrunePlan::apply)
                .map(|_| None)
        }),
        ("after", |to| log(to, "after", 500).map(Some)),
        ("", |to| {
            to.prune_plan(&Policy::new().keep_last(0))
                .and_then(execlog::PrunePlan::apply)
                .map(|_| None)
        }),
        ("", |to| to.maintenance().reindex().map(|_| None)),
        ("again", |to| log(to, "again", 600).map(Some)),
        ("", |to| {
            to.prune_plan(&Policy::new().keep_last(0))
                .and_then(execlog::PrunePlan::apply)
                .map(|_| None)
        }),
        ("last", |to| log(to, "last", 700).map(Some)),
    ];
    let mut died = 0;
    for most_writes in 0.. {
        let store = MemoryKv::default();
        by_magellan(&store, &[("a", 100), ("b", 200), ("c", 300)]);
        let log = ExecutionLog::from_local_kv_store(Watched::over(&store, Some(most_writes)));
        let mut before = listed(&store);
        let mut given = Vec::new();
        let failed = history.iter().position(|(_, call)| match call(&log) {
            Ok(number) => {
                given.extend(number);
                before = listed(&store);
                false
            }
            Err(_) => true,
        });
        let after = listed(&store);
        let Some(failed) = failed else {
            assert_eq!(after, ["last"]);
            assert_eq!(given, [4, 5, 6, 7, 8, 9]);
            break;
        };
        died += 1;
        // Nothing that was there is gone, unless the call was there to remove it.
        let (new, _) = history[failed];
        let is_prune = [4, 6, 9].contains(&failed);
        let is_kept = before.iter().all(|id| after.contains(id));
        assert!(is_prune || is_kept, "{before:?} {after:?}");
        let is_known = |id: &String| id == new || before.contains(id);
        assert!(after.iter().all(is_known), "{before:?} {after:?}");

        // The next process goes on, and gives no number twice.
        let number = log_next(&store);
        let highest = given.into_iter().max();
        assert!(
            Some(number) > highest,
            "{number} after {highest:?} at {failed}"
        );
        let going_on = listed(&store);
        assert_eq!(going_on.len(), after.len() + 1);
        assert!(going_on.iter().any(|id| id == "next"));
        assert_eq!(
            open(&store)
                .maintenance()
                .reindex()
                .expect("reindexed")
                .added,
            0
        );
        assert_eq!(listed(&store), going_on);
    }
    assert!(died > 40, "it died {died} times");
}

fn log_next(store: &MemoryKv) -> i64 {
    log(&open(store), "next", 1_000_000).expect("stored")
}

#[test]
fn the_last_number_is_kept_while_the_index_of_others_is_rebuilt() {
    for most_writes in 0..10 {
        let store = MemoryKv::default();
        for run in 1..=3 {
            log(&open(&store), &run.to_string(), run).expect("stored");
        }
        let all = Policy::new().keep_last(0);
        open(&store)
            .prune_plan(&all)
            .and_then(execlog::PrunePlan::apply)
            .expect("pruned");
        by_magellan(&store, &[("late", 9)]);
        let dying = ExecutionLog::from_local_kv_store(Watched::over(&store, Some(most_writes)));
        let reindexed = dying.maintenance().reindex();
        assert!(log_next(&store) > 3, "{most_writes}: {reindexed:?}");
        open(&store).maintenance().reindex().expect("reindexed");
        assert_eq!(listed(&store), ["next", "late"]);
    }
}

#[test]
fn a_handle_goes_on_after_a_write_has_failed() {
    for most_writes in 0..12 {
        let store = MemoryKv::default();
        let watched = Watched::over(&store, None);
        let own = ExecutionLog::from_local_kv_store(watched.clone());
        for run in 11..=16 {
            log(&own, &run.to_string(), run).expect("stored");
        }
        store.delete(b"execlog:13").expect("removed");
        let most_writes = watched.writes.get() + most_writes;
        watched.most_writes.set(Some(most_writes));
        let reindexed = own.maintenance().reindex();
        watched.most_writes.set(None);
        let expected = ["16", "15", "14", "12", "11"];
        for limit in 1..=6 {
            let newest = ids(own.get_recent(limit));
            assert_eq!(newest, expected[..limit.min(5)], "{reindexed:?}");
        }
        assert_eq!(log(&own, "17", 17).expect("stored"), 7);
        assert_eq!(listed(&store), ["17", "16", "15", "14", "12", "11"]);
    }
}

#[test]
fn what_could_not_be_flushed_is_flushed_with_the_next_call() {
    let store = Watched::default();
    let log = ExecutionLog::from_local_kv_store(store.clone());
    store.cannot_flush.set(true);
    let started = log.start_execution("a", "1.0.0", &[], None, "x");
    assert_eq!(
        started.expect_err("it cannot be flushed").to_string(),
        "the key-value store cannot flush: the disk is full"
    );
    assert!(
        log.maintenance().reindex().is_err(),
        "it is not flushed yet"
    );
    store.cannot_flush.set(false);
    assert!(log.maintenance().reindex().expect("reindexed").was_right);
    let flushes = store.flushes.get();
    log.maintenance().flush().expect("nothing is left to flush");
    assert_eq!(store.flushes.get(), flushes);
}

#[test]
fn what_is_flushed_when_is_a_choice() {
    use execlog::Durability::{AtFinish, EveryWrite, LeftToEngine};
    for (durability, after_start, after_finish) in
        [(EveryWrite, 1, 2), (AtFinish, 0, 1), (LeftToEngine, 0, 0)]
    {
        let store = Watched::default();
        let log = ExecutionLog::from_local_kv_store(store.clone()).with_durability(durability);
        log.start_execution("a", "1.0.0", &[], None, "x")
            .expect("started");
        assert_eq!(store.flushes.get(), after_start, "{durability:?}");
        log.finish_execution("a", "success", None, 0, 0, 0)
            .expect("finished");
        assert_eq!(store.flushes.get(), after_finish, "{durability:?}");
        log.maintenance().flush().expect("flushed");
        assert_eq!(store.flushes.get(), after_finish.max(1), "{durability:?}");
    }
}

#[test]
fn a_handle_notices_that_another_has_built_the_index_anew() {
    let store = MemoryKv::default();
    let (one, other) = (open(&store), open(&store));
    for run in 11..=15 {
        log(&one, &run.to_string(), run).expect("stored");
    }
    assert_eq!(ids(one.get_recent(1)), ["15"]);
    other
        .prune_plan(&Policy::new().keep_last(2))
        .and_then(execlog::PrunePlan::apply)
        .expect("pruned");
    assert_eq!(ids(one.get_recent(3)), ["15", "14"]);
    assert_eq!(log(&one, "16", 16).expect("stored"), 6);
    assert_eq!(listed(&store), ["16", "15", "14"]);
}
