//! Whatever has become of the journal, runs are recorded, and there is a way back.

use super::{execute, findings, seals_after};
use execlog::kv::{KvStore, MemoryKv};
use execlog::{ExecutionLog, Invocation, LocalLog, Threads};
use rusqlite::Connection;
use std::fs;

/// Records a run, and gives its outcome as it was stored.
fn recorded<T: Threads>(log: &ExecutionLog<T>) -> String {
    let run = log.begin(Invocation::new(["index"]));
    assert!(run.is_recorded());
    let id = run.execution_id().to_owned();
    run.succeed();
    let record = log.get_by_id(&id).expect("reads");
    record.expect("it is there").outcome
}

#[test]
fn runs_are_recorded_when_another_program_has_removed_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    let log = ExecutionLog::new(&file);
    assert_eq!(recorded(&log), "success");
    let connection = Connection::open(&file).expect("opens");
    execute(&connection, "DROP TABLE execlog_seal");
    assert_eq!(recorded(&log), "success");
    assert_eq!(recorded(&log), "success");
    log.maintenance().accept_loss().expect("accepted");
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (Vec::new(), vec![]));
}

#[test]
fn runs_are_recorded_when_no_place_is_left_for_seals() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    let log = ExecutionLog::new(&file);
    assert_eq!(recorded(&log), "success");
    let connection = Connection::open(&file).expect("opens");
    execute(
        &connection,
        "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'execlog_seal'",
    );
    let found = findings(&log);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].key, "sqlite_sequence");
    let other = ExecutionLog::new(&file);
    assert_eq!(recorded(&other), "success");
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (Vec::new(), vec![]));
    assert_eq!(recorded(&log), "success");
}

#[test]
fn runs_are_recorded_when_the_journal_of_a_key_value_store_cannot_be_read() {
    let store = MemoryKv::default();
    let log = || ExecutionLog::from_local_kv_store(store.clone());
    assert_eq!(recorded(&log()), "success");
    store.set(b"execlog-journal:1", b"{").expect("damaged");
    assert_eq!(recorded(&log()), "success");
    log().maintenance().reindex().expect("reindexed");
    let found = log().maintenance().verify().expect("verified").findings;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].key, "execlog-journal:1");
    log().maintenance().accept_loss().expect("accepted");
    let verified = log().maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (Vec::new(), vec![]));
}

#[test]
fn a_missing_seal_is_not_written_over_nor_are_those_after_it() {
    let store = MemoryKv::default();
    let log = |store: &MemoryKv| ExecutionLog::from_local_kv_store(store.clone());
    for _ in 0..14 {
        assert_eq!(recorded(&log(&store)), "success");
    }
    let before = seals_after(&log(&store), 15).expect("read");
    store
        .delete(b"execlog-seal:000000000000000F")
        .expect("deleted");
    assert_eq!(recorded(&log(&store)), "success");
    let after = seals_after(&log(&store), 15).expect("read");
    assert_eq!(after[..before.len()], before);
    assert_eq!(after.len(), before.len() + 2);
    let found = log(&store)
        .maintenance()
        .verify()
        .expect("verified")
        .findings;
    assert!(
        found.iter().any(|found| found.key == "seal 15"),
        "{found:?}"
    );
}

#[test]
fn a_host_without_seals_is_not_locked_out_of_a_log_that_was_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    for _ in 0..3 {
        assert_eq!(recorded(&ExecutionLog::new(&file)), "success");
    }
    for part in ["code.db", "code.db-wal", "code.db-shm"] {
        let _ = fs::remove_file(folder.path().join(part));
    }
    for _ in 0..3 {
        let without = ExecutionLog::new(&file).without_seals();
        assert_eq!(recorded(&without), "success");
    }
    assert_eq!(findings(&ExecutionLog::new(&file)), []);
}

#[test]
fn what_a_host_without_seals_does_to_sealed_runs_is_sealed() {
    let check = |log: &LocalLog, without: &LocalLog| {
        let ids: Vec<String> = (0..3)
            .map(|_| {
                let run = log.begin(Invocation::new(["index"]));
                let id = run.execution_id().to_owned();
                run.succeed();
                id
            })
            .collect();
        without.maintenance().remove(&[&ids[0]]).expect("removed");
        without.maintenance().pin(&ids[1], "note").expect("pinned");
        let verified = log.maintenance().verify().expect("verified");
        assert_eq!((verified.findings, verified.unsealed), (Vec::new(), vec![]));
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    check(
        &ExecutionLog::new(&file).into(),
        &ExecutionLog::new(&file).without_seals().into(),
    );
    let store = MemoryKv::default();
    check(
        &ExecutionLog::from_local_kv_store(store.clone()),
        &ExecutionLog::from_local_kv_store(store).without_seals(),
    );
}

#[test]
fn accepting_a_damaged_journal_keeps_the_id_of_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    let log = ExecutionLog::new(&file);
    assert_eq!(recorded(&log), "success");
    let origin = || {
        let checkpoint = log.maintenance().checkpoint().expect("read");
        checkpoint.expect("there are seals").origin
    };
    let before = origin();
    let connection = Connection::open(&file).expect("opens");
    execute(&connection, "DELETE FROM execlog_seal WHERE sequence = 1");
    assert_eq!(findings(&log).len(), 1);
    log.maintenance().accept_loss().expect("accepted");
    assert_eq!(findings(&log), []);
    assert_eq!(origin(), before);
    assert_eq!(recorded(&log), "success");
    assert_eq!(findings(&log), []);
}
