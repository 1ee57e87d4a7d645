//! Which runs pruning removes and keeps.

use super::{DB, listed, record, start};
use crate::subject::{START, Subject};
use execlog::{Error, ExecutionRecord, Kept, Outcome, Policy, Rule, RunEntry};
use std::time::Duration;

const HOUR: i64 = 60 * 60;

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 60 * 60)
}

/// Logs a run that began this many hours ago.
fn log(subject: &dyn Subject, id: &str, hours_ago: i64, outcome: &str) {
    let mut run = ExecutionRecord {
        started_at: START - hours_ago * HOUR,
        outcome: outcome.to_owned(),
        ..record(id)
    };
    if outcome == "running" {
        (run.finished_at, run.duration_ms) = (None, None);
    }
    subject.log().log_execution(&run).expect("stored");
}

/// A plan and the runs that pruning by it removed.
struct Pruned {
    planned: Vec<String>,
    removed: Vec<RunEntry>,
    kept: Vec<Kept>,
}

fn prune(subject: &dyn Subject, policy: &Policy) -> Pruned {
    let log = subject.log();
    let mut plan = log.prune_plan(policy).expect("a plan");
    let kept = std::mem::take(&mut plan.kept);
    let planned = plan.removed.iter();
    let planned = planned.map(|run| run.record.execution_id.clone()).collect();
    let removed = plan.apply().expect("the log is pruned");
    Pruned {
        planned,
        removed,
        kept,
    }
}

fn removed(pruned: &Pruned) -> Vec<&str> {
    let removed = pruned.removed.iter();
    let removed: Vec<_> = removed
        .map(|run| run.record.execution_id.as_str())
        .collect();
    assert_eq!(pruned.planned, removed);
    removed
}

fn kept(pruned: &Pruned) -> Vec<(&str, &[Rule])> {
    let kept = pruned.kept.iter();
    kept.map(|kept| {
        let run = kept.run.as_ref().expect("reads");
        (run.record.execution_id.as_str(), kept.rules.as_slice())
    })
    .collect()
}

pub(super) fn a_policy_keeps_the_newest_runs(subject: &dyn Subject) {
    for (id, hours_ago) in [("c", 3), ("a", 1), ("d", 4), ("b", 2)] {
        log(subject, id, hours_ago, "success");
    }
    let pruned = prune(subject, &Policy::new().keep_last(2));
    assert_eq!(
        kept(&pruned),
        [("a", &[Rule::Last][..]), ("b", &[Rule::Last])]
    );
    assert_eq!(removed(&pruned), ["c", "d"]);
    assert_eq!(listed(subject, None), ["a", "b"]);
    assert_eq!(listed(subject, Some(9)), ["a", "b"]);
    assert_eq!(subject.log().get_by_id("c").expect("reads"), None);
    let again = prune(subject, &Policy::new().keep_last(2));
    assert_eq!(removed(&again), [""; 0]);
}

pub(super) fn a_run_stays_if_any_rule_keeps_it(subject: &dyn Subject) {
    for (id, hours_ago, outcome) in [
        ("newest", 1, "success"),
        ("young", 2, "success"),
        ("failed", 9, "error"),
        ("skipped a file", 10, "partial"),
        ("old", 11, "success"),
        ("failed long ago", 11, "error"),
    ] {
        log(subject, id, hours_ago, outcome);
    }
    let policy = Policy::new()
        .keep_last(1)
        .keep_within(hours(2))
        .keep_failed_within(hours(10));
    let pruned = prune(subject, &policy);
    assert_eq!(
        kept(&pruned),
        [
            ("newest", &[Rule::Last, Rule::Within][..]),
            ("young", &[Rule::Within]),
            ("failed", &[Rule::FailedWithin]),
            ("skipped a file", &[Rule::FailedWithin]),
        ]
    );
    assert_eq!(removed(&pruned), ["failed long ago", "old"]);
}

pub(super) fn runs_that_go_on_and_runs_of_the_future_stay(subject: &dyn Subject) {
    log(subject, "future", -1, "success");
    log(subject, "going on", 9, "running");
    log(subject, "gone", 9, "success");
    let pruned = prune(
        subject,
        &Policy::new().keep_last(0).keep_failed_within(hours(99)),
    );
    assert_eq!(
        kept(&pruned),
        [
            ("future", &[Rule::Future][..]),
            ("going on", &[Rule::Running])
        ]
    );
    assert_eq!(removed(&pruned), ["gone"]);
    subject.clock().advance(hours(2));
    let pruned = prune(subject, &Policy::new().keep_within(Duration::ZERO));
    assert_eq!(removed(&pruned), ["future"], "it is past now");
    let finished = subject
        .log()
        .finish_execution("going on", "success", None, 0, 0, 0);
    finished.expect("the run that stayed ends");
}

pub(super) fn a_policy_without_a_rule_is_refused(subject: &dyn Subject) {
    log(subject, "a", 1, "success");
    let refused = subject.log();
    let refused = refused.prune_plan(&Policy::new());
    assert!(matches!(refused, Err(Error::EmptyPolicy)));
    assert_eq!(listed(subject, None), ["a"]);
}

pub(super) fn a_plan_says_what_would_go_and_removes_nothing_until_it_is_applied(
    subject: &dyn Subject,
) {
    log(subject, "a", 1, "success");
    let policy = Policy::new().keep_last(0);
    let handle = subject.log();
    let plan = handle.prune_plan(&policy).expect("a plan");
    assert_eq!(plan.removed[0].record.execution_id, "a");
    drop(plan);
    drop(handle);
    assert_eq!(listed(subject, None), ["a"]);
    assert_eq!(removed(&prune(subject, &policy)), ["a"]);
    assert_eq!(listed(subject, None), [""; 0]);
}

pub(super) fn a_plan_does_not_remove_a_run_that_has_begun_anew_since(subject: &dyn Subject) {
    log(subject, "a", 1, "success");
    log(subject, "b", 1, "success");
    let handle = subject.log();
    let plan = handle.prune_plan(&Policy::new().keep_last(0));
    let plan = plan.expect("a plan");
    handle.maintenance().remove(&["a"]).expect("removed");
    start(&handle, "a");
    let gone = plan.apply().expect("applied");
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].record.execution_id, "b");
    drop(handle);
    assert_eq!(listed(subject, None), ["a"]);
}

pub(super) fn a_plan_for_some_runs_leaves_the_others_alone(subject: &dyn Subject) {
    for (id, hours_ago) in [("a", 1), ("b", 2), ("c", 3)] {
        log(subject, id, hours_ago, "success");
    }
    log(subject, "failed", 4, "error");
    let handle = subject.log();
    let succeeded = handle.runs().status(Outcome::Success);
    let plan = succeeded.prune_plan(&Policy::new().keep_last(1));
    let gone = plan.and_then(execlog::PrunePlan::apply).expect("applied");
    assert_eq!(gone.len(), 2);
    drop(handle);
    assert_eq!(listed(subject, None), ["a", "failed"]);
}

pub(super) fn the_number_of_a_removed_run_is_not_given_again(subject: &dyn Subject) {
    for id in ["a", "b", "c"] {
        log(subject, id, 1, "success");
    }
    log(subject, "old", 9, "success");
    prune(subject, &Policy::new().keep_within(hours(2)));
    assert_eq!(start(&subject.log(), "d"), 5, "after one was removed");
    prune(subject, &Policy::new().keep_last(0));
    assert_eq!(listed(subject, None), ["d"], "it is going on");
    let ended = subject
        .log()
        .finish_execution("d", "success", None, 0, 0, 0);
    ended.expect("the run ends");
    prune(subject, &Policy::new().keep_last(0));
    assert_eq!(listed(subject, None), [""; 0]);
    assert_eq!(listed(subject, Some(5)), [""; 0]);

    assert_eq!(start(&subject.log(), "e"), 6, "after all were removed");
    let again = subject.log().start_execution("d", "2.0.0", &[], None, DB);
    assert_eq!(again.expect("its id is free"), 7);
    assert_eq!(listed(subject, None), ["d", "e"]);
    assert_eq!(listed(subject, Some(5)), ["d", "e"]);
    assert_eq!(
        subject
            .log()
            .maintenance()
            .reindex()
            .expect("the log reads")
            .runs,
        2
    );
    assert_eq!(listed(subject, Some(5)), ["d", "e"]);
}

pub(super) fn a_run_that_is_pinned_while_a_plan_is_applied_stays(subject: &dyn Subject) {
    log(subject, "a", 3, "success");
    log(subject, "b", 2, "success");
    let log = subject.log();
    let plan = log.prune_plan(&Policy::new().keep_last(0)).expect("a plan");
    log.maintenance().pin("b", "").expect("pinned");
    let removed = plan.apply().expect("the log is pruned");
    let removed: Vec<_> = removed
        .iter()
        .map(|run| run.record.execution_id.as_str())
        .collect();
    assert_eq!(removed, ["a"]);
    drop(log);
    assert_eq!(listed(subject, None).len(), 1);
}
