//! The index of a log in a key-value store: what it costs, and what it survives.

use execlog::kv::{KvEntry, KvStore, MemoryKv};
use execlog::{Error, ExecutionLog, ExecutionRecord, Policy, Result};
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
    most_writes: Option<usize>,
}

impl Watched {
    fn over(store: &MemoryKv, most_writes: Option<usize>) -> Self {
        Self {
            store: store.clone(),
            most_writes,
            ..Self::default()
        }
    }

    fn write(&self, key: &[u8]) -> Result<()> {
        if self.most_writes == Some(self.writes.get()) {
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
        Ok(())
    }
}

fn record(id: &str, started_at: i64) -> ExecutionRecord {
    ExecutionRecord {
        id: started_at,
        execution_id: id.to_owned(),
        tool_version: "2.2.1".to_owned(),
        args: "[]".to_owned(),
        root: None,
        db_path: "code.graph".to_owned(),
        started_at,
        finished_at: Some(started_at),
        duration_ms: Some(30),
        outcome: "success".to_owned(),
        error_message: None,
        files_indexed: 0,
        symbols_indexed: 0,
        references_indexed: 0,
    }
}

/// Stores runs as magellan does, without an index and with the start as the number.
fn by_magellan(store: &MemoryKv, runs: &[(&str, i64)]) {
    for (id, started_at) in runs {
        let json = serde_json::to_vec(&record(id, *started_at)).expect("encodes");
        store
            .set(format!("execlog:{id}").as_bytes(), &json)
            .expect("stored");
    }
}

fn open(store: &MemoryKv) -> ExecutionLog {
    ExecutionLog::with_kv_store(store.clone())
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

fn log(log: &ExecutionLog, id: &str, started_at: i64) -> Result<i64> {
    log.log_execution(&record(id, started_at))
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
        let newest = ExecutionLog::with_kv_store(watched.clone()).get_recent(20);
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

#[test]
fn to_log_a_run_is_as_cheap_in_a_long_log_as_in_a_short_one() {
    let store = Watched::default();
    let own = ExecutionLog::with_kv_store(store.clone());
    for run in 0..1024 {
        log(&own, &run.to_string(), run).expect("stored");
        if run == 511 {
            store.reads.set(0);
            store.writes.set(0);
        }
    }
    assert_eq!(store.writes.get(), 2 * 512);
    assert!(store.reads.get() <= 4 * 512, "{} reads", store.reads.get());
}

#[test]
fn reading_writes_nothing_where_there_is_no_index() {
    let store = MemoryKv::default();
    by_magellan(&store, &[("a", 100), ("c", 300), ("b", 200)]);
    let watched = Watched::over(&store, Some(0));
    let log = ExecutionLog::with_kv_store(watched.clone());
    assert_eq!(ids(log.get_recent(2)), ["c", "b"]);
    assert_eq!(ids(log.list_all(None)), ["c", "b", "a"]);
    assert!(log.get_by_id("a").expect("reads").is_some());
    let dry = log.prune(&Policy::new().keep_last(1).dry_run());
    assert_eq!(dry.expect("nothing is written").removed.len(), 2);
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
    assert_eq!(taken_over, record("a", 100), "it is left as it was");

    by_magellan(&store, &[("late", 250)]);
    let found = open(&store).reindex().expect("reindexed");
    assert_eq!((found.runs, found.added, found.was_right), (6, 1, false));
    assert_eq!(listed(&store), ["own", "z", "b", "late", "c", "a"]);
    assert_eq!(log(&open(&store), "next", 400).expect("stored"), 7);
    assert!(open(&store).reindex().expect("reindexed").was_right);
}

#[test]
fn a_log_is_whole_wherever_the_process_dies() {
    let history: &[(&str, fn(&ExecutionLog) -> Result<()>)] = &[
        ("own", |log| log_own(log, "own", 350)),
        ("started", |log| {
            log.start_execution("started", "1.0.0", &[], None, "x")
                .map(drop)
        }),
        ("late", |log| log_own(log, "late", 150)),
        ("", |log| {
            log.finish_execution("started", "error", None, 0, 0, 0)
        }),
        ("", |log| log.prune(&Policy::new().keep_last(3)).map(drop)),
        ("after", |log| log_own(log, "after", 500)),
        ("", |log| log.prune(&Policy::new().keep_last(0)).map(drop)),
        ("again", |log| log_own(log, "again", 600)),
    ];
    let mut died = 0;
    for most_writes in 0.. {
        let store = MemoryKv::default();
        by_magellan(&store, &[("a", 100), ("b", 200), ("c", 300)]);
        let log = ExecutionLog::with_kv_store(Watched::over(&store, Some(most_writes)));
        let mut before = listed(&store);
        let failed = history.iter().position(|(_, call)| {
            let failed = call(&log).is_err();
            if !failed {
                before = listed(&store);
            }
            failed
        });
        // Nothing that was there is gone, unless the call was there to remove it.
        let after = listed(&store);
        let Some(failed) = failed else {
            assert_eq!(after, ["again"]);
            break;
        };
        died += 1;
        let is_prune = failed == 4 || failed == 6;
        let (new, _) = history[failed];
        assert!(
            is_prune || before.iter().all(|id| after.contains(id)),
            "{before:?} {after:?}"
        );
        assert!(
            after.iter().all(|id| id == new || before.contains(id)),
            "{before:?} {after:?}"
        );

        // The next process goes on, and gives no number twice.
        let highest = open(&store).list_all(None).expect("the log reads");
        let highest = highest.iter().filter(|run| run.id != run.started_at);
        let highest = highest.map(|run| run.id).max();
        let number = log_next(&store);
        assert!(Some(number) > highest, "{number} {highest:?}");
        assert_eq!(listed(&store)[0], "next");
        assert_eq!(open(&store).reindex().expect("reindexed").added, 0);
        assert_eq!(listed(&store).len(), after.len() + 1);
    }
    assert!(died > 30, "it died {died} times");
}

fn log_own(to: &ExecutionLog, id: &str, started_at: i64) -> Result<()> {
    log(to, id, started_at).map(drop)
}

fn log_next(store: &MemoryKv) -> i64 {
    log(&open(store), "next", i64::MAX).expect("stored")
}

#[test]
fn an_index_that_cannot_be_read_is_not_used_and_is_mended() {
    let first = b"execlog-seq:0000000000000001";
    let last = b"execlog-seq:0000000000000005";
    let spoil: &[fn(&MemoryKv, &[u8])] = &[
        |store, key| store.delete(key).expect("removed"),
        |store, key| store.set(key, b"not JSON").expect("spoiled"),
        |store, key| {
            store
                .set(key, br#"{"sequence":5,"execution_id":"e"}"#)
                .expect("spoiled")
        },
    ];
    for key in [first, last, b"execlog-seq:0000000000000004"] {
        for spoil in spoil {
            let store = MemoryKv::default();
            for (id, started_at) in [("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5)] {
                log(&open(&store), id, started_at + 10).expect("stored");
            }
            spoil(&store, key);
            let newest = ids(open(&store).get_recent(5));
            assert!(newest.len() >= 4, "{newest:?}");
            let found = open(&store).reindex().expect("reindexed");
            assert!(!found.was_right && found.runs == 5, "{found:?}");
            assert_eq!(listed(&store), ["e", "d", "c", "b", "a"]);
            assert_eq!(log(&open(&store), "f", 16).expect("stored"), 6);
            assert_eq!(listed(&store).len(), 6);
        }
    }
}

#[test]
fn a_run_that_was_removed_by_its_key_is_passed_over() {
    let store = MemoryKv::default();
    for (id, started_at) in [("a", 1), ("b", 2), ("c", 3)] {
        log(&open(&store), id, started_at + 10).expect("stored");
    }
    store.delete(b"execlog:c").expect("removed");
    assert_eq!(listed(&store), ["b", "a"]);
    assert_eq!(ids(open(&store).get_recent(1)), ["b"]);
    assert_eq!(log(&open(&store), "c", 5).expect("its id is free"), 4);
    assert_eq!(listed(&store), ["b", "a", "c"], "only where it is now");
    let found = open(&store).reindex().expect("reindexed");
    assert_eq!((found.runs, found.added, found.removed), (3, 0, 1));
    assert_eq!(listed(&store), ["b", "a", "c"]);
}

#[test]
fn a_handle_notices_that_another_has_built_the_index_anew() {
    let store = MemoryKv::default();
    let (one, other) = (open(&store), open(&store));
    for run in 11..=15 {
        log(&one, &run.to_string(), run).expect("stored");
    }
    assert_eq!(ids(one.get_recent(1)), ["15"]);
    other.prune(&Policy::new().keep_last(2)).expect("pruned");
    assert_eq!(ids(one.get_recent(3)), ["15", "14"]);
    assert_eq!(log(&one, "16", 16).expect("stored"), 6);
    assert_eq!(listed(&store), ["16", "15", "14"]);
}
