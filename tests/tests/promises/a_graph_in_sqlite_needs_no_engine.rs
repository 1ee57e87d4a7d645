//! Logs that a host keeps in a graph which its engine keeps in SQLite, read and written by others
//! without that engine.
use execlog::clock::ManualClock;
use execlog::{ExecutionLog, FileKind, Invocation, LocalLog, Policy, Status, Threads};
use execlog_tests::subject::{Open, START, in_files, open_with_locks};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// Every kind of graph that an engine of this build keeps in SQLite.
fn graphs() -> impl Iterator<Item = (&'static str, Open)> {
    const KINDS: [&str; 3] = [
        "native_v2_in_sqlite",
        "native_v3_in_sqlite",
        "native_v3_combined",
    ];
    in_files()
        .into_iter()
        .filter(|(kind, _)| KINDS.contains(kind))
}

struct Graph {
    folder: tempfile::TempDir,
    open: Open,
}

impl Graph {
    /// A graph with a log of so many runs that have ended.
    fn with_runs(open: Open, runs: usize) -> Self {
        let graph = Self {
            folder: tempfile::tempdir().expect("a folder"),
            open,
        };
        let host = graph.host();
        for number in 1..=runs {
            host.begin(index(&format!("run-{number}"))).succeed();
        }
        graph
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("code.db")
    }

    /// The log as its host opens it, with the engine.
    fn host(&self) -> LocalLog {
        open_with_locks(self.open, &self.file())
    }

    /// The log as another program opens it.
    fn log(&self) -> LocalLog {
        ExecutionLog::open(self.file()).expect("opens")
    }

    /// The bytes of the file and of its write-ahead log.
    fn bytes(&self) -> [Vec<u8>; 2] {
        let wal = self.folder.path().join("code.db-wal");
        // SQLite leaves an empty one behind when it has read.
        [self.file(), wal].map(|file| std::fs::read(file).unwrap_or_default())
    }
}

fn index(id: &str) -> Invocation {
    Invocation::new(["index"]).execution_id(id.parse().expect("an id"))
}

fn ids<T: Threads>(log: &ExecutionLog<T>, limit: Option<usize>) -> Vec<String> {
    let runs = log.list_all(limit).expect("reads").into_iter();
    runs.map(|run| run.execution_id).collect()
}

/// Checks that a log is well, and counts its runs.
fn verified<T: Threads>(log: &ExecutionLog<T>) -> usize {
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!(verified.findings, []);
    verified.runs
}

#[test]
fn a_log_that_the_engine_wrote_is_read_and_verified_without_changing_a_byte() {
    for (kind, open) in graphs() {
        let graph = Graph::with_runs(open, 201);
        // Once while the host has the graph open, and once when it is closed.
        let host = graph.host();
        assert_eq!(ids(&host, None).len(), 201);
        read_without_changing_a_byte(&graph, kind);
        drop(host);
        read_without_changing_a_byte(&graph, kind);
    }
}

fn read_without_changing_a_byte(graph: &Graph, kind: &str) {
    assert_eq!(
        FileKind::of(&graph.file()).expect("a log"),
        FileKind::Sqlite
    );
    let before = graph.bytes();
    let read_only = ExecutionLog::read_only(graph.file()).into();
    for log in [graph.log(), read_only] {
        assert!(log.maintenance().exists().expect("looked for"), "{kind}");
        assert_eq!(verified(&log), 201, "{kind}");
        assert_eq!(ids(&log, None).len(), 201);
        assert_eq!(ids(&log, Some(2)), ["run-201", "run-200"]);
        let found = log
            .find("run-".parse().expect("a selector"))
            .expect_err("several begin so");
        assert!(found.to_string().contains("`run-10`"), "{found}");
        let found = log
            .find("run-201".parse().expect("a selector"))
            .expect("reads")
            .expect("a run");
        assert_eq!((found.status(), found.record.id), (Status::Success, 201));
        assert!(found.context.is_some());
        assert!(log.maintenance().is_in_graph().expect("looked for"));
    }
    assert!(graph.bytes() == before, "{kind}: reading altered a file");
}

#[test]
fn what_is_changed_without_the_engine_is_there_for_the_engine() {
    for (kind, open) in graphs() {
        let graph = Graph::with_runs(open, 20);
        {
            let host = graph.host();
            std::mem::forget(host.begin(index("crashed")));
            let locks = std::fs::read_dir(graph.folder.path().join("code.db.execlog"));
            let mut files = locks
                .expect("reads")
                .map(|file| file.expect("a file").path());
            let is_lock = |path: &PathBuf| path.extension().is_some_and(|end| end == "lock");
            let lock = files.find(is_lock).expect("a lock");
            // The process lives on and would hold it.
            let dead = lock.with_extension("dead");
            std::fs::rename(&lock, &dead).expect("moved");
            std::fs::copy(&dead, lock).expect("copied");
        }
        let log = graph.log();
        assert_eq!(
            log.maintenance().settle().expect("settled").len(),
            1,
            "{kind}"
        );
        assert_eq!(
            log.prune_plan(&Policy::new().keep_last(5))
                .and_then(execlog::PrunePlan::apply)
                .expect("pruned")
                .len(),
            16
        );
        let other = ExecutionLog::in_memory();
        other.begin(index("imported")).succeed();
        let runs: Vec<_> = other
            .runs()
            .into_iter()
            .map(|run| run.expect("reads").into())
            .collect();
        log.maintenance().import(&runs).expect("imported");
        assert!(log.maintenance().reindex().expect("reindexed").was_right);
        drop(log);

        let host = graph.host();
        let all = [
            "imported", "crashed", "run-20", "run-19", "run-18", "run-17",
        ];
        for limit in [None, Some(10)] {
            assert_eq!(ids(&host, limit), all, "{kind}");
        }
        let crashed = host
            .find("crashed".parse().expect("a selector"))
            .expect("reads")
            .expect("a run");
        assert_eq!(crashed.status(), Status::Crashed);
        assert_eq!(verified(&host), 6);
        host.begin(index("next")).succeed();
        let next = host.get_by_id("next").expect("reads").expect("a run");
        assert_eq!(next.id, 23, "no number is given again");
        assert_eq!(ids(&graph.log(), Some(1)), ["next"]);
    }
}

#[test]
fn the_engine_and_this_crate_write_the_same_rows() {
    let rows = |open: Open| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("code.db");
        let clock = ManualClock::at(START);
        let log = open(&file).with_clock(clock);
        for id in ["a", "b%", "c:ä"] {
            log.start_execution(id, "4.17.0", &["index".to_owned()], None, "code.db")
                .expect("started");
        }
        log.finish_execution("a", "success", None, 1, 2, 3)
            .expect("finished");
        drop(log);
        rows_of(&file)
    };
    let own = rows(|path| ExecutionLog::new(path).maintenance().in_graph().into());
    for (kind, open) in graphs() {
        assert_eq!(rows(open), own, "{kind}");
    }
}

/// How the table was made, and its rows without the times.
fn rows_of(file: &Path) -> Vec<String> {
    let connection = Connection::open(file).expect("opens");
    let mut statement = connection
        .prepare(
            "SELECT sql FROM sqlite_master WHERE name = 'kv_store' UNION ALL \
             SELECT key || ' ' || value_json || ' ' || version || ' ' || quote(ttl_seconds) || \
             (abs(unixepoch() - created_at) < 60) || (abs(unixepoch() - updated_at) < 60) \
             FROM kv_store",
        )
        .expect("prepared");
    let rows = statement.query_map([], |row| row.get(0)).expect("reads");
    let mut rows: Vec<String> = rows.collect::<Result<_, _>>().expect("text");
    for row in &mut rows {
        if let Some(log_id) = row.find("log_id") {
            row.truncate(log_id);
        }
    }
    rows
}

#[test]
fn a_host_that_writes_at_the_same_time_loses_nothing_and_is_refused_nothing() {
    const RUNS: usize = 100;
    for (kind, open) in graphs() {
        let graph = Graph::with_runs(open, 5);
        std::thread::scope(|scope| {
            let host = scope.spawn(|| {
                let host = graph.host();
                for number in 0..RUNS {
                    let id = format!("host-{number}");
                    host.start_execution(&id, "1", &[], None, "code.db")
                        .and_then(|_| host.finish_execution(&id, "success", None, 1, 2, 3))
                        .expect("the host waits for the lock");
                }
            });
            let log = graph.log();
            while !host.is_finished() {
                log.maintenance().settle().expect("settled");
                let policy = Policy::new().keep_last(RUNS);
                log.prune_plan(&policy)
                    .and_then(execlog::PrunePlan::apply)
                    .expect("pruned");
                log.maintenance().reindex().expect("reindexed");
            }
        });
        let ids = ids(&graph.host(), None);
        assert_eq!(
            ids.iter().filter(|id| id.starts_with("host")).count(),
            RUNS,
            "{kind}"
        );
        let log = graph.log();
        log.maintenance().reindex().expect("reindexed");
        assert_eq!(verified(&log), ids.len(), "{kind}");
    }
}

#[test]
fn a_table_with_runs_comes_before_the_graph_and_both_can_be_read() {
    for (kind, open) in graphs() {
        let graph = Graph::with_runs(open, 3);
        let table = ExecutionLog::new(graph.file());
        table.ensure_schema().expect("made");
        assert_eq!(
            ids(&graph.log(), None).len(),
            3,
            "{kind}: an empty table is no log"
        );
        table.begin(index("in-table")).succeed();
        for log in [graph.log(), ExecutionLog::read_only(graph.file()).into()] {
            assert_eq!(ids(&log, None), ["in-table"], "{kind}");
            let has_log_in_graph = log.maintenance().has_log_in_graph().expect("looked for");
            assert!(has_log_in_graph && !log.maintenance().is_in_graph().expect("looked for"));
            let in_graph = log.maintenance().in_graph();
            assert_eq!(verified(&in_graph), 3);
            assert!(in_graph.maintenance().is_in_graph().expect("looked for"));
        }
        assert_eq!(ids(&graph.host(), None).len(), 3);
    }
}

#[test]
fn a_value_that_cannot_be_read_is_named_and_the_others_are_read() {
    for (kind, open) in graphs() {
        let graph = Graph::with_runs(open, 3);
        let key: Vec<String> = b"execlog:run-2".iter().map(u8::to_string).collect();
        let connection = Connection::open(graph.file()).expect("opens");
        for value in [
            "{",
            r#"{"type":"json"}"#,
            r#"{"type":"bytes","data":"1,2"}"#,
        ] {
            let changed = connection
                .execute(
                    "UPDATE kv_store SET value_json = ?1 WHERE key = ?2",
                    [value, &key.join(",")],
                )
                .expect("changed");
            assert_eq!(changed, 1);
            let verified = graph.log().maintenance().verify().expect("verified");
            let keys: Vec<_> = verified
                .findings
                .iter()
                .map(|finding| finding.key.as_str())
                .collect();
            assert_eq!(
                (verified.runs, keys),
                (3, vec!["execlog:run-2"]),
                "{kind}: {value}"
            );
            let runs = graph.log().list_results(None).expect("reads");
            assert_eq!(runs.iter().filter(|run| run.is_ok()).count(), 2);
        }
    }
}
