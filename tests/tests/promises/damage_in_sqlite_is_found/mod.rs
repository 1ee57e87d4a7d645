//! What verifying says of a database that others have changed, and what repairing it does.

mod aside;
mod damage;
mod others;

use execlog::clock::ManualClock;
use execlog::{ExecutionLog, Finding, Invocation};
use rusqlite::Connection;
use std::time::Duration;
use tempfile::TempDir;

/// A log with five runs, each in a second of its own.
fn filled() -> (TempDir, Connection, ExecutionLog) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let clock = ManualClock::at(1_795_368_717);
    // Seals find most of this, too, and have tests of their own.
    let log = ExecutionLog::new(&path)
        .with_clock(clock.clone())
        .without_seals();
    for id in ["a", "b", "c", "d", "e"] {
        let invocation = Invocation::new(["index"]).execution_id(id.parse().expect("an id"));
        log.begin(invocation).succeed();
        clock.advance(Duration::from_secs(60));
    }
    (folder, Connection::open(path).expect("opens"), log)
}

fn findings(log: &ExecutionLog) -> Vec<Finding> {
    log.maintenance().verify().expect("verified").findings
}
