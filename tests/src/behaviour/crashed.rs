//! Runs whose process died, and settling them.

use super::runs::{find, invocation, locks, lose_locks, statuses};
use super::start;
use crate::subject::Subject;
use execlog::{Error, LocalLog, Outcome, Status};
use std::time::Duration;

pub(super) fn a_run_without_a_lock_is_unknown_and_says_so(subject: &dyn Subject) {
    start(&subject.log(), "a");
    let run = find(subject, "a");
    assert_eq!(run.status(), Status::Unknown);
    assert!(
        run.note()
            .is_some_and(|note| note.contains("without a lock"))
    );
    assert_eq!(run.record.outcome, "running");
    assert_eq!(subject.log().maintenance().settle().expect("settled"), []);
    assert_eq!(find(subject, "a").record.outcome, "running");
}

pub(super) fn a_run_without_a_lock_is_settled_only_once_it_is_old(subject: &dyn Subject) {
    const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
    let settle = || {
        let settled = subject.log().maintenance().settle_unknown(WEEK);
        let settled = settled.expect("settled").into_iter();
        let id = |run: execlog::RunEntry| run.record.execution_id;
        settled.map(id).collect::<Vec<_>>()
    };
    start(&subject.log(), "old");
    start(&subject.log(), "ended");
    let end = |id: &str| {
        let log = subject.log();
        log.finish_execution(id, Outcome::Success, None, 0, 0, 0)
    };
    end("ended").expect("ended");
    subject.clock().advance(WEEK);
    let live = subject.log().begin(invocation("live"));
    start(&subject.log(), "new");
    assert_eq!(settle(), Vec::<String>::new());
    subject.clock().advance(Duration::from_secs(1));
    assert_eq!(settle(), ["old"]);
    let old = find(subject, "old");
    assert_eq!(old.status(), Status::Error);
    assert_eq!(
        (old.record.finished_at, old.record.duration_ms),
        (None, None)
    );
    let message = old.record.error_message.unwrap_or_default();
    assert!(message.contains("never ended"), "{message}");
    assert_eq!(find(subject, "new").status(), Status::Unknown);
    assert_eq!(find(subject, "ended").status(), Status::Success);
    assert_eq!(settle(), Vec::<String>::new());
    assert!(matches!(end("old"), Err(Error::AlreadyFinished { .. })));
    let verified = subject.log().maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.notes), (vec![], vec![]));
    live.succeed();
}

pub(super) fn a_crashed_run_is_seen_and_settled(subject: &dyn Subject) {
    let log = subject.log();
    let (live, dead) = (log.begin(invocation("live")), log.begin(invocation("dead")));
    // A process that dies does not drop its values.
    std::mem::forget(dead);
    lose_locks(subject);
    let relocked = relock(subject, &log, "live");
    subject.clock().advance(Duration::from_secs(5));

    let crashed = ("dead".to_owned(), "crashed");
    let running = ("live".to_owned(), "running");
    assert_eq!(statuses(&log), [crashed.clone(), running.clone()]);
    let unchanged = log.get_by_id("dead").expect("reads").expect("is there");
    assert_eq!(unchanged.outcome, "running", "reading writes nothing");

    let settled = log.maintenance().settle().expect("settled");
    assert_eq!(settled.len(), 1);
    assert_eq!(settled[0].record.execution_id, "dead");
    assert_eq!(settled[0].record.outcome, "error");
    assert_eq!(settled[0].record.finished_at, None);
    assert_eq!(settled[0].record.duration_ms, None);
    let message = settled[0].record.error_message.as_deref();
    assert!(message.is_some_and(|message| message.contains("killed")));
    assert_eq!(locks(subject), 1, "that of the live run");
    assert_eq!(statuses(&log), [crashed, running]);
    assert_eq!(
        log.maintenance().settle().expect("settled"),
        [],
        "nothing is left to settle"
    );
    drop(relocked);
    live.succeed();
    drop(log);
    assert_eq!(find(subject, "live").status(), Status::Success);
    assert_eq!(find(subject, "dead").status(), Status::Crashed);
}

pub(super) fn a_late_end_wins_over_being_settled(subject: &dyn Subject) {
    let log = subject.log();
    let (first, second) = (
        log.begin(invocation("first")),
        log.begin(invocation("second")),
    );
    lose_locks(subject);
    subject.clock().advance(Duration::from_millis(2500));
    assert_eq!(log.maintenance().settle().expect("settled").len(), 2);
    first.succeed();
    std::mem::forget(second);
    drop(log);
    subject
        .log()
        .finish_execution("second", Outcome::Partial, None, 1, 2, 3)
        .expect("another handle ends it");
    for (id, status) in [("first", Status::Success), ("second", Status::Partial)] {
        let run = find(subject, id);
        assert_eq!(run.status(), status);
        assert_eq!(run.record.duration_ms, Some(2500));
        assert_eq!(run.record.error_message, None);
        let again = subject.log().finish_execution(id, "error", None, 0, 0, 0);
        assert!(matches!(again, Err(Error::AlreadyFinished { .. })));
    }
}

/// Locks a run whose own lock was lost.
fn relock(subject: &dyn Subject, log: &LocalLog, id: &str) -> std::fs::File {
    let run = log
        .find(id.parse().expect("a selector"))
        .expect("reads")
        .expect("is there");
    let lock = run
        .context
        .and_then(|context| context.lock)
        .expect("a lock");
    let file = std::fs::File::open(subject.locks().join(lock)).expect("opens");
    file.try_lock().expect("locks");
    file
}
