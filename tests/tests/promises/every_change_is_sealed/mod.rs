//! Every change past the log is seen, and nothing else is.

mod a_journal_harms_no_run;
mod bits_that_flip;
mod by_others;
mod many_processes;
mod others_write_beside_it;
mod tampering;
mod writes_that_do_not_happen;

use execlog::clock::ManualClock;
use execlog::{ExecutionLog, Finding, Invocation, Seal, StoredRun, Threads};
use rusqlite::Connection;
use std::time::Duration;

/// Random numbers that are the same for a seed on every machine: `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).expect("a number");
        usize::try_from(self.next() % limit).expect("below the limit")
    }

    fn of<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        &values[self.below(values.len())]
    }
}

/// The number of runs in a filled log: one of each outcome, with and without a context, one pinned, one
/// that goes on, and one that is removed.
const RUNS: i64 = 8;

/// Fills a log.
fn fill(log: &ExecutionLog, clock: &ManualClock) {
    let begin = |name: &str| {
        clock.advance(Duration::from_secs(60));
        log.begin(
            Invocation::new(["index", name])
                .tool_version("4.17.0")
                .root("/src/code")
                .label("team", "search"),
        )
    };
    begin("one").succeed();
    let run = begin("two");
    run.counters().add_files(12);
    run.counters().add("chunks", 3);
    run.set_exit_code(3);
    run.fail_with("cannot read `src/main.rs`");
    let pinned = begin("three");
    let id = pinned.execution_id().to_owned();
    pinned.succeed();
    log.maintenance().pin(&id, "release").expect("pinned");
    log.log_execution(&execlog_tests::record("whole"))
        .expect("logged");
    log.start_execution("started", "4.17.0", &["status".to_owned()], None, "code.db")
        .and_then(|_| log.finish_execution("started", "partial", Some("half"), 1, 2, 3))
        .expect("recorded");
    let gone = begin("gone");
    let id = gone.execution_id().to_owned();
    gone.succeed();
    log.maintenance().remove(&[&id]).expect("removed");
    log.start_execution("open", "4.17.0", &[], None, "code.db")
        .expect("started");
    begin("eight").succeed();
}

fn findings(log: &ExecutionLog) -> Vec<Finding> {
    log.maintenance().verify().expect("verified").findings
}

/// The seals after a place.
fn seals_after<T: Threads>(log: &ExecutionLog<T>, place: u64) -> execlog::Result<Vec<Seal>> {
    log.maintenance().seals_after(place).collect()
}

/// Everything that a log shows of its runs, with what cannot be read.
fn shown(log: &ExecutionLog) -> Vec<Result<StoredRun, String>> {
    let runs = log.runs().oldest_first().into_iter();
    let runs = runs.map(|run| run.map(StoredRun::from).map_err(|error| error.to_string()));
    runs.collect()
}

/// Whether a finding names the run with this number.
fn names(finding: &Finding, number: i64) -> bool {
    let row = format!("execution_log row {number}");
    finding.key == format!("run {number}") || finding.key.ends_with(&row)
}

fn execute(connection: &Connection, sql: &str) {
    connection
        .execute_batch(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

#[test]
fn a_log_that_nobody_has_changed_is_well() {
    let clock = ManualClock::at(1_795_368_717);
    let log = ExecutionLog::in_memory().with_clock(clock.clone());
    fill(&log, &clock);
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!(verified.findings, []);
    assert_eq!(verified.unsealed, [0; 0]);
    assert_eq!(verified.seals, 16);
    assert_eq!(shown(&log).len(), 7);
}

#[test]
fn a_log_without_seals_says_which_runs_have_none() {
    let clock = ManualClock::at(1_795_368_717);
    let log = ExecutionLog::in_memory()
        .with_clock(clock.clone())
        .without_seals();
    fill(&log, &clock);
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!(verified.findings, []);
    assert_eq!(verified.unsealed, [1, 2, 3, 4, 5, 7, RUNS]);
    assert_eq!(verified.seals, 0);
    assert_eq!(log.maintenance().checkpoint().expect("read"), None);
}
