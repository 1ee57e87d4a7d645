//! The write-ahead log of a host stays, also where the host has dropped its locks.

use execlog::{ExecutionLog, Invocation};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn record(file: &Path) {
    ExecutionLog::new(file)
        .begin(Invocation::new(["index"]))
        .succeed();
}

/// A file whose write-ahead log is open elsewhere no more, and has something in it.
fn left_by_a_host(file: &Path) {
    let host = Connection::open(file).expect("opens");
    host.set_db_config(
        rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
        true,
    )
    .expect("set");
    host.execute_batch(
        "PRAGMA journal_mode = WAL; CREATE TABLE host (a); INSERT INTO host VALUES (1)",
    )
    .expect("a host's file");
}

#[test]
fn the_last_to_close_the_file_of_a_host_leaves_its_write_ahead_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    left_by_a_host(&file);
    record(&file);
    drop(ExecutionLog::new(&file).connect().expect("connects"));
    drop(
        ExecutionLog::read_only(&file)
            .list_all(None)
            .expect("reads"),
    );
    let left = beside(&file, "-wal").metadata().expect("it is there").len();
    assert!(left > 0, "it has what the host wrote");
}

#[test]
fn the_last_to_close_a_log_of_our_own_takes_it_into_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.db");
    record(&file);
    assert!(!beside(&file, "-wal").exists());
    assert_eq!(
        ExecutionLog::new(&file)
            .list_all(None)
            .expect("reads")
            .len(),
        1
    );
}

#[test]
fn a_file_made_here_is_that_of_a_host_once_the_host_has_a_table_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    let log = ExecutionLog::new(&file);
    log.begin(Invocation::new(["index"])).succeed();
    let host = Connection::open(&file).expect("opens");
    host.execute_batch("CREATE TABLE host (a)")
        .expect("a host's table");
    // What magellan 4.17 does to its database, which drops its locks.
    drop(fs::read(&file).expect("the host reads"));
    drop(log);
    assert!(beside(&file, "-wal").exists());
    host.execute_batch("INSERT INTO host VALUES (1)")
        .expect("the host writes on");
}
