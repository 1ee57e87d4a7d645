//! A log that has lost runs is noticed, and not written to.

use super::warnings;
use execlog::kv::{KvEntry, KvStore, MemoryKv};
use execlog::{Error, ExecutionLog, Invocation, Policy, Repair, StoredRun, Threads};
use rusqlite::Connection;
use std::fs;
use std::path::Path;

fn record<T: Threads>(log: &ExecutionLog<T>, runs: usize) {
    for _ in 0..runs {
        log.begin(Invocation::new(["index"])).succeed();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).expect("copied");
}

/// A log of ten runs in whose place a copy of three is.
fn rolled_back(folder: &Path) -> ExecutionLog {
    let (file, older) = (folder.join("log.db"), folder.join("older.db"));
    record(&ExecutionLog::new(&file), 3);
    copy(&file, &older);
    record(&ExecutionLog::new(&file), 7);
    copy(&older, &file);
    ExecutionLog::new(&file)
}

#[test]
fn a_log_that_was_rolled_back_is_not_written_to_until_the_loss_is_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = rolled_back(folder.path());
    let before = fs::read(folder.path().join("log.db")).expect("read");
    let loss = log.maintenance().loss().expect("reads").expect("a loss");
    assert_eq!((loss.had, loss.has), (10, 3));
    let verified = log.maintenance().verify().expect("reads");
    assert_eq!(verified.findings.len(), 1);
    assert_eq!(verified.findings[0].repair, Repair::AcceptLoss);

    let refused = |result: execlog::Result<()>| {
        assert!(
            matches!(
                result,
                Err(Error::RunsLost {
                    had: 10,
                    has: 3,
                    ..
                })
            ),
            "{result:?}"
        );
    };
    refused(
        log.start_execution("a", "1", &[], None, "code.db")
            .map(drop),
    );
    refused(
        log.maintenance()
            .settle()
            .map(drop)
            .and_then(|()| log.maintenance().reindex().map(drop)),
    );
    refused(
        log.prune_plan(&Policy::new().keep_last(1))
            .and_then(execlog::PrunePlan::apply)
            .map(drop),
    );
    let warnings = warnings::during(|| record(&log, 1));
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert!(
        warnings[0].contains("verify --accept-loss"),
        "{warnings:#?}"
    );
    assert_eq!(log.list_all(None).expect("reads").len(), 3);
    drop(log);
    assert_eq!(
        fs::read(folder.path().join("log.db")).expect("read"),
        before
    );

    let log = ExecutionLog::new(folder.path().join("log.db"));
    log.maintenance().accept_loss().expect("accepted");
    record(&log, 1);
    assert_eq!(log.maintenance().loss().expect("reads"), None);
    assert_eq!(log.maintenance().verify().expect("reads").findings, []);
    assert_eq!(log.get_recent(1).expect("reads")[0].id, 4);
}

#[test]
fn reading_a_log_that_has_lost_runs_warns_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = rolled_back(folder.path());
    let warnings = warnings::during(|| {
        for _ in 0..2 {
            assert_eq!(log.get_recent(10).expect("reads").len(), 3);
        }
    });
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert!(
        warnings[0].contains("the log had 10 runs and has 3"),
        "{warnings:#?}"
    );
}

#[test]
fn removing_the_head_file_accepts_the_loss_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = rolled_back(folder.path());
    fs::remove_file(folder.path().join("log.db.execlog/head")).expect("removed");
    record(&log, 1);
    assert_eq!(log.get_recent(1).expect("reads")[0].id, 4);
}

#[test]
fn a_log_that_was_removed_is_begun_anew_and_one_warning_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.db");
    record(&ExecutionLog::new(&file), 3);
    fs::remove_file(&file).expect("removed");
    let log = ExecutionLog::new(&file);
    let warnings = warnings::during(|| record(&log, 2));
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert!(
        warnings[0].contains("the log had 3 runs and was removed"),
        "{warnings:#?}"
    );
    assert_eq!(log.list_all(None).expect("reads").len(), 2);
    assert_eq!(log.maintenance().loss().expect("reads"), None);
}

#[test]
fn what_a_power_cut_takes_is_told_and_does_not_stop_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = rolled_back(folder.path());
    let head = folder.path().join("log.db.execlog/head");
    fs::write(
        &head,
        "execlog-head 2\nruns 10\nseals 20\nlog \nboot before\n",
    )
    .expect("written");
    assert_eq!(log.maintenance().verify().expect("reads").findings.len(), 1);
    let warnings = warnings::during(|| record(&log, 1));
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert_eq!(log.maintenance().verify().expect("reads").findings, []);
}

#[test]
fn pruning_is_not_a_loss() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.db");
    let connection = Connection::open(&file).expect("opens");
    // Without AUTOINCREMENT the last number goes with its run.
    connection
        .execute_batch(
            "CREATE TABLE execution_log (id INTEGER PRIMARY KEY, execution_id TEXT UNIQUE,
             tool_version TEXT, args TEXT, root TEXT, db_path TEXT, started_at INTEGER,
             finished_at INTEGER, duration_ms INTEGER, outcome TEXT, error_message TEXT,
             files_indexed INTEGER, symbols_indexed INTEGER, references_indexed INTEGER)",
        )
        .expect("a table");
    let log = ExecutionLog::new(&file);
    record(&log, 5);
    let newest = log.get_recent(1).expect("reads");
    assert_eq!(
        log.maintenance()
            .remove(&[&newest[0].execution_id])
            .expect("removed"),
        1
    );
    let log = ExecutionLog::new(&file);
    assert_eq!(log.maintenance().loss().expect("reads"), None);
    record(&log, 1);
    assert_eq!(log.list_all(None).expect("reads").len(), 5);
}

#[test]
fn a_run_that_the_host_rolls_back_was_never_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let connection = Connection::open(folder.path().join("code.db")).expect("opens");
    let shared = std::sync::Arc::new(parking_lot::Mutex::new(connection));
    let log = ExecutionLog::with_connection(shared.clone());
    record(&log, 1);
    shared.lock().execute_batch("BEGIN").expect("begins");
    record(&log, 3);
    shared.lock().execute_batch("ROLLBACK").expect("ends");
    assert_eq!(log.maintenance().loss().expect("reads"), None);
    record(&ExecutionLog::with_connection(shared), 1);
    assert_eq!(log.list_all(None).expect("reads").len(), 2);
}

/// A store that looks empty, as a damaged one does whose engine hides that.
struct Hiding(MemoryKv);

impl KvStore for Hiding {
    fn get(&self, _: &[u8]) -> execlog::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn set(&self, key: &[u8], _: &[u8]) -> execlog::Result<()> {
        panic!("{} is written", key.escape_ascii());
    }

    fn delete(&self, key: &[u8]) -> execlog::Result<()> {
        panic!("{} is deleted", key.escape_ascii());
    }

    fn scan(&self, _: &[u8]) -> execlog::Result<Vec<KvEntry>> {
        Ok(Vec::new())
    }

    fn flush(&self) -> execlog::Result<()> {
        self.0.flush()
    }
}

#[test]
fn a_store_that_looks_empty_and_was_not_is_not_written_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = MemoryKv::default();
    record(
        &ExecutionLog::from_local_kv_store(store.clone()).with_lock_folder(folder.path()),
        3,
    );
    let log = ExecutionLog::from_local_kv_store(Hiding(store)).with_lock_folder(folder.path());
    record(&log, 1);
    let refused = log.start_execution("a", "1", &[], None, "code.db");
    assert!(
        matches!(refused, Err(Error::RunsLost { had: 3, has: 0, .. })),
        "{refused:?}"
    );
    assert_eq!(
        log.maintenance().verify().expect("reads").findings[0].repair,
        Repair::AcceptLoss
    );
}

#[test]
fn a_run_that_is_in_the_index_and_not_in_the_store_is_found() {
    let store = MemoryKv::default();
    let log = ExecutionLog::from_local_kv_store(store.clone());
    record(&log, 3);
    let lost = log
        .get_recent(3)
        .expect("reads")
        .swap_remove(1)
        .execution_id;
    store
        .delete(&execlog::execution_log_key(&lost))
        .expect("deleted");
    let findings = log.maintenance().verify().expect("reads").findings;
    let about_run = |finding: &&execlog::Finding| finding.repair == Repair::AcceptLoss;
    let found: Vec<_> = findings.iter().filter(about_run).collect();
    assert_eq!(found.len(), 1, "{findings:#?}");
    assert_eq!(found[0].key, format!("execlog:{lost}"));
    log.maintenance().accept_loss().expect("accepted");
    assert_eq!(log.maintenance().verify().expect("reads").findings, []);
}

#[test]
fn a_run_that_was_pruned_is_not_lost() {
    let log = ExecutionLog::from_local_kv_store(MemoryKv::default());
    record(&log, 3);
    log.prune_plan(&Policy::new().keep_last(0))
        .and_then(execlog::PrunePlan::apply)
        .expect("pruned");
    assert_eq!(log.maintenance().verify().expect("reads").findings, []);
    record(&log, 1);
    assert_eq!(log.maintenance().verify().expect("reads").findings, []);
}

#[test]
fn the_head_file_is_as_the_documents_show_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = ExecutionLog::new(folder.path().join("log.db"));
    record(&log, 1);
    let mut run = StoredRun::from(
        log.find(execlog::RunSelector::latest())
            .expect("reads")
            .expect("a run"),
    );
    (run.record.id, run.record.execution_id, run.context) = (201, "other".to_owned(), None);
    log.maintenance().import(&[run]).expect("imported");
    let head = fs::read_to_string(folder.path().join("log.db.execlog/head")).expect("read");
    let format = include_str!("../../../../docs/format.md");
    let shown = format
        .split("```txt\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let shown = shown.expect("a block");
    assert_eq!(shown.len(), head.len());
    assert_eq!(
        shown.lines().collect::<Vec<_>>()[..3],
        head.lines().collect::<Vec<_>>()[..3]
    );
}
