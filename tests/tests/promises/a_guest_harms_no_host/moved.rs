//! A log whose file is removed or replaced while it is open.
#![cfg(unix)]

use super::warnings;
use execlog::clock::ManualClock;
use execlog::{ExecutionLog, Invocation, Status};
use std::fs;
use std::path::Path;
use std::time::Duration;

fn remove(file: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        let _ = fs::remove_file(name);
    }
}

fn statuses(file: &Path) -> Vec<Status> {
    let log = ExecutionLog::read_only(file);
    let runs = log.runs().into_iter();
    runs.map(|run| run.expect("reads").status()).collect()
}

#[test]
fn runs_go_to_a_new_file_when_the_old_one_was_removed_and_one_warning_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.db");
    let log = ExecutionLog::new(&file);
    log.begin(Invocation::new(["index"])).succeed();
    remove(&file);
    let warnings = warnings::during(|| {
        for _ in 0..5 {
            log.begin(Invocation::new(["index"])).succeed();
        }
    });
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert!(warnings[0].contains("removed or replaced"), "{warnings:#?}");
    assert_eq!(statuses(&file), [Status::Success; 5]);
}

#[test]
fn a_run_whose_file_is_removed_is_recorded_whole_when_it_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.db");
    let clock = ManualClock::at(1_795_368_717);
    let log = ExecutionLog::new(&file).with_clock(clock.clone());
    let run = log.begin(Invocation::new(["watch"]));
    run.counters().add_files(3);
    remove(&file);
    clock.advance(Duration::from_secs(1));
    run.succeed();
    let runs = ExecutionLog::new(&file).list_all(None).expect("reads");
    assert_eq!(runs.len(), 1);
    assert_eq!((&*runs[0].outcome, runs[0].files_indexed), ("success", 3));
}

#[test]
fn a_file_that_takes_the_place_of_the_log_is_used_and_the_one_that_is_gone_leaves_it_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, other) = (folder.path().join("log.db"), folder.path().join("other.db"));
    let log = ExecutionLog::new(&file);
    log.begin(Invocation::new(["index"])).succeed();
    let of_other = ExecutionLog::new(&other);
    for _ in 0..3 {
        of_other.begin(Invocation::new(["index"])).succeed();
    }
    drop(of_other);
    remove(&file);
    fs::rename(&other, &file).expect("renamed");
    log.begin(Invocation::new(["index"])).succeed();
    drop(log);
    assert_eq!(statuses(&file), [Status::Success; 4]);
}

#[test]
fn a_reader_that_stays_open_sees_the_file_that_is_there_now() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.db");
    ExecutionLog::new(&file)
        .begin(Invocation::new(["a"]))
        .succeed();
    let reader = ExecutionLog::read_only(&file);
    assert_eq!(reader.list_all(None).expect("reads").len(), 1);
    remove(&file);
    assert_eq!(reader.list_all(None).expect("reads").len(), 0);
    let log = ExecutionLog::new(&file);
    for _ in 0..2 {
        log.begin(Invocation::new(["b"])).succeed();
    }
    assert_eq!(reader.list_all(None).expect("reads").len(), 2);
}
