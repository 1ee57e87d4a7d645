//! Lock files that runs leave behind are removed.

use execlog::{ExecutionId, ExecutionLog, Invocation, Policy, Status, Threads};
use execlog_tests::subject::locks_in;
use std::fs::{self, File};
use std::path::Path;

/// Leaves the lock files of runs that died between their end and its removal.
fn leave(locks: &Path, count: usize) {
    fs::create_dir_all(locks).expect("made");
    for _ in 0..count {
        let name = format!("{}.lock", ExecutionId::generate());
        File::create_new(locks.join(name)).expect("a lock");
    }
}

/// A run whose process has died: its lock is free, and it has not ended.
fn crash<T: Threads>(log: &ExecutionLog<T>, locks: &Path) -> String {
    let run = log.begin(Invocation::new(["crash"]));
    let id = run.execution_id().to_owned();
    let context = log
        .find(id.parse().expect("a selector"))
        .expect("reads")
        .expect("the run")
        .context;
    let lock = locks.join(context.and_then(|context| context.lock).expect("a lock"));
    std::mem::forget(run);
    fs::remove_file(&lock).expect("removed");
    File::create_new(lock).expect("made");
    id
}

fn is_crashed<T: Threads>(log: &ExecutionLog<T>, id: &str) -> bool {
    log.find(id.parse().expect("a selector"))
        .expect("reads")
        .expect("the run")
        .status()
        == Status::Crashed
}

fn swept_by(call: impl FnOnce(&ExecutionLog)) {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, locks) = (
        folder.path().join("log.db"),
        folder.path().join("log.db.execlog"),
    );
    let log = ExecutionLog::new(&file);
    let live = log.begin(Invocation::new(["watch"]));
    let crashed = crash(&log, &locks);
    leave(&locks, 300);
    call(&log);
    assert!(is_crashed(&log, &crashed));
    let left = log.maintenance().settle().expect("settled").len();
    assert_eq!(
        locks_in(&locks),
        1,
        "that of the live run, {left} were settled"
    );
    live.succeed();
    assert_eq!(locks_in(&locks), 0);
}

#[test]
fn by_settling() {
    swept_by(|log| assert_eq!(log.maintenance().settle().expect("settled").len(), 1));
}

#[test]
fn by_pruning() {
    swept_by(|log| {
        drop(
            log.prune_plan(&Policy::new().keep_last(10))
                .and_then(execlog::PrunePlan::apply)
                .expect("pruned"),
        );
    });
}

#[test]
fn a_few_at_a_time_as_runs_begin() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, locks) = (
        folder.path().join("log.db"),
        folder.path().join("log.db.execlog"),
    );
    leave(&locks, 20);
    let log = ExecutionLog::new(&file);
    let crashed = crash(&log, &locks);
    for _ in 0..256 {
        log.begin(Invocation::new(["index"])).succeed();
    }
    assert!(is_crashed(&log, &crashed));
    assert_eq!(locks_in(&locks), 1, "that of the crashed run");
}
