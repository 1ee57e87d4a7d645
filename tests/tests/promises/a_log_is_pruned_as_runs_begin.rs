//! Retention: at most once a day, a little at a time, and never in the way of the host.

use execlog::clock::{Clock, ManualClock};
use execlog::{Environment, ExecutionLog, Invocation, Policy, StoredRun};
use std::path::Path;
use std::time::Duration;

const NOW: i64 = 1_795_368_717;
const DAY: i64 = 24 * 60 * 60;

fn begin(log: &ExecutionLog) {
    let invocation = Invocation::new(["index"]).environment(Environment::default());
    log.begin(invocation).succeed();
}

/// Adds runs, one each second, the last of them an hour ago.
fn fill(path: &Path, runs: i64) {
    let log = ExecutionLog::new(path);
    let runs = (0..runs).map(|number| {
        let mut record = execlog_tests::record(&format!("run {number}"));
        record.started_at = NOW - 3600 - runs + number;
        record.finished_at = Some(record.started_at);
        StoredRun {
            record,
            context: None,
        }
    });
    let runs: Vec<StoredRun> = runs.collect();
    log.maintenance().import(&runs).expect("imported");
}

fn count(log: &ExecutionLog) -> usize {
    log.runs().into_iter().count()
}

#[test]
fn once_a_day_and_by_the_policy_of_the_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("code.db");
    fill(&path, 1000);
    let clock = ManualClock::at(NOW);
    let open = |runs| {
        let log = ExecutionLog::new(&path).with_clock(clock.clone());
        log.with_retention(Policy::new().keep_last(runs))
    };
    let log = open(10);
    begin(&log);
    assert_eq!(count(&log), 10);
    begin(&log);
    begin(&open(10));
    assert_eq!(count(&log), 12, "pruned already today, whoever asks");
    clock.set(NOW + DAY);
    begin(&open(10));
    assert_eq!(count(&log), 10);
    begin(&open(5));
    assert_eq!(count(&log), 5, "another policy begins anew");
}

/// Shows a millisecond more each time that the time is measured.
#[derive(Clone)]
struct Slow(ManualClock);

impl Clock for Slow {
    fn unix_millis(&self) -> i64 {
        self.0.unix_millis()
    }

    fn monotonic(&self) -> Duration {
        self.0.advance(Duration::from_millis(60));
        self.0.monotonic()
    }
}

#[test]
fn what_takes_too_long_goes_on_with_the_next_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("code.db");
    fill(&path, 1000);
    let clock = Slow(ManualClock::at(NOW));
    let mut counts = Vec::new();
    for _ in 0..8 {
        // Each run is in a process of its own, as far as the log can tell.
        let log = ExecutionLog::new(&path).with_clock(clock.clone());
        let log = log.with_retention(Policy::new().keep_last(300));
        begin(&log);
        counts.push(count(&log));
    }
    // The first portion has only runs that are kept, and once all is done each run stays for the day.
    assert_eq!(counts, [1001, 792, 538, 303, 304, 305, 306, 307]);
}

#[test]
fn runs_that_cannot_be_read_do_not_hold_it_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("code.db");
    fill(&path, 2000);
    let connection = rusqlite::Connection::open(&path).expect("opens");
    // Behind the newest, and more than a portion of them.
    let damage = "UPDATE execution_log SET files_indexed = 'many' WHERE id BETWEEN 1200 AND 1900";
    assert_eq!(connection.execute(damage, []).expect("damaged"), 701);
    drop(connection);
    let log = ExecutionLog::new(&path).with_clock(ManualClock::at(NOW));
    begin(&log.with_retention(Policy::new().keep_last(10)));
    let log = ExecutionLog::read_only(&path);
    let readable = log.runs().into_iter().flatten().count();
    assert_eq!((readable, count(&log)), (10, 711));
}

#[test]
fn pinned_runs_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("code.db");
    fill(&path, 5);
    let log = ExecutionLog::new(&path).with_clock(ManualClock::at(NOW));
    log.maintenance()
        .pin("run 1", "the first index")
        .expect("pinned");
    begin(&log.with_retention(Policy::new().keep_last(1)));
    let log = ExecutionLog::read_only(&path);
    let kept = log.runs().into_iter().skip(1);
    let kept = kept.map(|run| run.expect("reads").record.execution_id);
    assert_eq!(kept.collect::<Vec<_>>(), ["run 1"]);
}

#[test]
fn a_file_that_says_nonsense_begins_anew_and_a_folder_in_its_place_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("code.db");
    fill(&path, 20);
    let locks = folder.path().join("code.db.execlog");
    std::fs::create_dir_all(&locks).expect("made");
    std::fs::write(locks.join("retention"), "{\"policy\":").expect("written");
    let log = || ExecutionLog::new(&path).with_clock(ManualClock::at(NOW));
    begin(&log().with_retention(Policy::new().keep_last(10)));
    assert_eq!(count(&log()), 10);

    std::fs::remove_file(locks.join("retention")).expect("removed");
    std::fs::create_dir_all(locks.join("retention/in the way")).expect("made");
    begin(&log().with_retention(Policy::new().keep_last(3)));
    assert_eq!(
        count(&log()),
        3,
        "what cannot be remembered is done all the same"
    );
}
