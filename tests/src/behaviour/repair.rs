//! Verifying records that another program has changed, and what a repair keeps.

use super::{get, start};
use crate::subject::{START, Subject};
use execlog::{ExecutionRecord, Finding, Invocation, Outcome, Policy, Repair, VerifyReport};
use std::time::Duration;

fn verified(subject: &dyn Subject) -> VerifyReport {
    subject.log().maintenance().verify().expect("verified")
}

fn reindex(subject: &dyn Subject) -> execlog::ReindexReport {
    subject.log().maintenance().reindex().expect("reindexed")
}

/// The report of a log in which a run was changed, without the finding that its seal gives.
fn verified_apart_from_seals(subject: &dyn Subject) -> VerifyReport {
    let mut verified = verified(subject);
    let is_of_seal = |finding: &Finding| finding.repair == Repair::Accept;
    let of_seals = verified.findings.iter().filter(|found| is_of_seal(found));
    assert!(of_seals.count() > 0, "{verified:?}");
    verified.findings.retain(|finding| !is_of_seal(finding));
    verified
}

/// The findings without the lost run. In a key-value store, removing the last run behind the log's back
/// also loses a run.
fn without_loss(verified: VerifyReport) -> Vec<Finding> {
    let mut findings = verified.findings;
    findings.retain(|finding| finding.repair != Repair::AcceptLoss);
    findings
}

/// Records a run from begin to end.
fn record_run(subject: &dyn Subject, id: &str) {
    let invocation = Invocation::new(["index"]).execution_id(id.parse().expect("an id"));
    subject.log().begin(invocation).succeed();
}

/// Whether the report has neither findings nor notes.
fn is_well(verified: &VerifyReport) -> bool {
    verified.findings.is_empty() && verified.notes.is_empty()
}

/// The reasons for setting entries aside, in order.
fn reasons(verified: &VerifyReport) -> Vec<&str> {
    let set_aside = verified.set_aside.iter();
    set_aside.map(|aside| aside.reason.as_str()).collect()
}

pub(super) fn what_a_repair_takes_away_is_kept_however_often(subject: &dyn Subject) {
    record_run(subject, "b");
    for times in 1..=2 {
        record_run(subject, "a");
        let sound = verified(subject);
        assert_eq!(sound.findings, []);
        assert_eq!(sound.set_aside.len(), times - 1);
        if !subject.edit_record("a", &|_| None) {
            return;
        }
        let damaged = without_loss(verified_apart_from_seals(subject));
        assert_eq!(damaged.len(), 1, "{damaged:?}");
        assert_eq!(damaged[0].repair, Repair::SetAside);
        let problem = "the context does not match a run in the log: no run has its id";
        assert_eq!(damaged[0].problem, problem);

        subject.clock().advance(Duration::from_secs(60));
        let repaired = subject.log().maintenance().accept_loss().expect("accepted");
        assert_eq!((repaired.set_aside, repaired.was_right), (1, false));
        let again = reindex(subject);
        assert_eq!((again.set_aside, again.was_right), (0, true));
        let after = verified(subject);
        assert!(is_well(&after), "{after:?}");
    }
    let after = verified(subject);
    assert_eq!(reasons(&after), ["no run has its id"; 2]);
    assert!(
        after
            .set_aside
            .iter()
            .all(|aside| aside.was == after.set_aside[0].was)
    );
    let times: Vec<i64> = after.set_aside.iter().map(|aside| aside.at_ms).collect();
    assert_eq!(times, [60, 120].map(|seconds| (START + seconds) * 1000));

    assert_eq!(
        subject.log().maintenance().remove(&["b"]).expect("removed"),
        1
    );
    let pruned = subject
        .log()
        .prune_plan(&Policy::new().keep_last(0))
        .and_then(execlog::PrunePlan::apply);
    assert_eq!(pruned.expect("pruned"), []);
    assert_eq!(
        reasons(&verified(subject)).len(),
        2,
        "what is removed is only the run"
    );
}

pub(super) fn a_context_is_kept_that_says_another_start_than_its_run(subject: &dyn Subject) {
    record_run(subject, "a");
    let later = |run: ExecutionRecord| {
        Some(ExecutionRecord {
            started_at: START + 7,
            finished_at: Some(START + 7),
            ..run
        })
    };
    if !subject.edit_record("a", &later) {
        return;
    }
    let why = |key: &str| {
        let what = if key.starts_with("execlog-seq") {
            "index entry"
        } else {
            "context"
        };
        let start = START + 7;
        format!(
            "its run began in second {start}, but this {what} says that the run began in second {START}"
        )
    };
    let damaged = verified_apart_from_seals(subject).findings;
    assert!(!damaged.is_empty());
    for finding in &damaged {
        assert_eq!(finding.repair, Repair::SetAside);
        assert!(finding.problem.ends_with(&why(&finding.key)), "{finding:?}");
    }
    // Removing a run rebuilds the index, which must keep the evidence.
    start(&subject.log(), "b");
    subject
        .log()
        .finish_execution("b", Outcome::Success, None, 0, 0, 0)
        .expect("finished");
    subject.log().maintenance().remove(&["b"]).expect("removed");
    assert_eq!(verified_apart_from_seals(subject).findings, damaged);

    let repaired = reindex(subject);
    assert_eq!(repaired.set_aside, damaged.len());
    let after = verified_apart_from_seals(subject);
    assert!(is_well(&after), "{after:?}");
    subject.log().maintenance().accept_loss().expect("accepted");
    let after = verified(subject);
    assert!(is_well(&after), "{after:?}");
    assert_eq!(after.set_aside.len(), damaged.len());
    for aside in &after.set_aside {
        assert_eq!(aside.reason, why(&aside.was));
    }
    assert_eq!(
        get(subject, "a").started_at,
        START + 7,
        "nobody knows which is true"
    );
}

pub(super) fn a_record_that_says_what_cannot_be_is_found(subject: &dyn Subject) {
    type Spoil = fn(&mut ExecutionRecord);
    let spoiled: [(&str, Spoil); 11] = [
        ("invalid `args`: ", |run| "index".clone_into(&mut run.args)),
        ("invalid `outcome`: unknown", |run| run.outcome.clear()),
        ("invalid `outcome`: the run has an end", |run| {
            "running".clone_into(&mut run.outcome);
        }),
        ("invalid `outcome`: the run has an end", |run| {
            "running".clone_into(&mut run.outcome);
            run.finished_at = None;
        }),
        ("invalid `duration_ms`: -1 is", |run| {
            run.duration_ms = Some(-1);
        }),
        ("invalid `files_indexed`: -1 is", |run| {
            run.files_indexed = -1;
        }),
        ("invalid `symbols_indexed`: -2 is", |run| {
            run.symbols_indexed = -2;
        }),
        ("invalid `references_indexed`: -3 is", |run| {
            run.references_indexed = -3;
        }),
        (
            "the run ended in second 1795368716, before its start in",
            |run| {
                run.finished_at = Some(START - 1);
            },
        ),
        ("the run's number 9223372036854775807 is outside 1", |run| {
            run.id = i64::MAX;
        }),
        ("the run's number -5 is outside 1", |run| run.id = -5),
    ];
    start(&subject.log(), "first");
    for (number, (problem, spoil)) in spoiled.into_iter().enumerate() {
        let id = format!("run {number}");
        let log = subject.log();
        start(&log, &id);
        log.finish_execution(&id, Outcome::Success, None, 0, 0, 0)
            .expect("finished");
        drop(log);
        let original = get(subject, &id);
        let edited = subject.edit_record(&id, &|mut run| {
            spoil(&mut run);
            Some(run)
        });
        if !edited {
            return;
        }
        let found = verified_apart_from_seals(subject).findings;
        assert_eq!(found.len(), 1, "{problem}: {found:?}");
        assert!(found[0].problem.starts_with(problem), "{found:?}");
        assert_eq!(found[0].repair, Repair::ByHand);
        assert!(subject.edit_record(&id, &|_| Some(original.clone())));
        // In SQLite the last number given belonged to the removed run, and is now wrong.
        reindex(subject);
        assert_eq!(verified(subject).findings, [], "{problem}");
    }
}

pub(super) fn no_end_comes_before_its_start_when_the_clock_goes_back(subject: &dyn Subject) {
    let log = subject.log();
    start(&log, "a");
    let invocation = Invocation::new(["index"]).execution_id("b".parse().expect("an id"));
    let run = log.begin(invocation);
    subject.clock().set(START - 3600);
    log.finish_execution("a", Outcome::Success, None, 0, 0, 0)
        .expect("finished");
    run.succeed();
    start(&log, "c");
    drop(log);
    subject.clock().set(START - 7200);
    subject
        .log()
        .finish_execution("c", Outcome::Success, None, 0, 0, 0)
        .expect("finished by another handle, if there is one");
    for (id, ended) in [("a", START), ("b", START), ("c", START - 3600)] {
        assert_eq!(get(subject, id).finished_at, Some(ended), "{id}");
    }
    let found = subject
        .log()
        .find("b".parse().expect("a selector"))
        .expect("reads")
        .expect("is there");
    let context = found.context.expect("begin writes one");
    assert_eq!(context.ended_at_ms, Some(START * 1000));
    assert_eq!(verified(subject).findings, []);
}
