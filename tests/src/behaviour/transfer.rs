//! Importing runs from another log, and verifying them.

use super::{DB, listed, record, start};
use crate::subject::{START, Subject};
use execlog::{
    Error, ExecutionContext, ExecutionRecord, Imported, Invocation, LocalLog, Outcome, StoredRun,
    VerifyReport,
};
use std::time::Duration;

/// A run that began this many seconds after the clock's start.
fn run(id: &str, number: i64, seconds: i64) -> StoredRun {
    let mut context = ExecutionContext::default();
    id.clone_into(&mut context.execution_id);
    context.started_at_ms = (START + seconds) * 1000 + 250;
    context.ended_at_ms = Some((START + seconds) * 1000 + 1750);
    context.host = Some("build-7".to_owned());
    StoredRun {
        record: ExecutionRecord {
            id: number,
            started_at: START + seconds,
            finished_at: Some(START + seconds + 1),
            args: format!(r#"["index","{id}"]"#),
            ..record(id)
        },
        context: Some(Box::new(context)),
    }
}

fn stored(log: &LocalLog) -> Vec<StoredRun> {
    let runs = log.runs().as_added().into_iter();
    runs.map(|run| run.expect("reads").into()).collect()
}

fn verified(log: &LocalLog) -> VerifyReport {
    log.maintenance().verify().expect("verified")
}

pub(super) fn an_empty_log_becomes_a_copy(subject: &dyn Subject) {
    let log = subject.log();
    // Numbers with gaps, as after pruning, and times out of order, as after setting the clock back.
    let runs = [
        run("b", 2, 0),
        run("c", 5, 90),
        StoredRun {
            context: None,
            ..run("a", 6, 30)
        },
    ];
    assert_eq!(
        log.maintenance().import(&runs).expect("imported"),
        [Imported::Added; 3]
    );
    drop(log);
    let log = subject.log();
    assert_eq!(stored(&log), runs);
    assert_eq!(
        log.maintenance().import(&runs).expect("imported"),
        [Imported::Present; 3]
    );
    assert_eq!(stored(&log), runs);
    assert_eq!(start(&log, "next"), 7, "numbers go on after the last");
    drop(log);
    assert_eq!(listed(subject, Some(2)).len(), 2);
    let verified = verified(&subject.log());
    assert_eq!((verified.runs, verified.contexts), (4, 2));
    assert_eq!(verified.findings, []);
}

pub(super) fn a_run_gets_the_next_number_where_its_own_is_given(subject: &dyn Subject) {
    let log = subject.log();
    start(&log, "first");
    start(&log, "second");
    let runs = [
        run("a", 1, 5),
        run("b", 9, 6),
        run("numbered by its second", START, 0),
        run("with a number after which few are left", 1 << 53, 7),
        run("with the last number that there is", i64::MAX, 8),
    ];
    log.maintenance().import(&runs).expect("imported");
    let numbers: Vec<i64> = stored(&log).iter().map(|run| run.record.id).collect();
    assert_eq!(numbers, [1, 2, 3, 9, 10, 11, 12]);
}

pub(super) fn an_import_brings_ends_and_contexts_and_overwrites_nothing(subject: &dyn Subject) {
    let log = subject.log();
    let ended = run("a", 1, 0);
    let mut running = ended.clone();
    "running".clone_into(&mut running.record.outcome);
    running.record.finished_at = None;
    running.record.duration_ms = None;
    let without_context = StoredRun {
        context: None,
        ..ended.clone()
    };
    let import = |run: &StoredRun| {
        log.maintenance()
            .import(std::slice::from_ref(run))
            .expect("imported")[0]
    };
    assert_eq!(import(&running), Imported::Added);
    assert_eq!(import(&without_context), Imported::Updated);
    assert_eq!(import(&running), Imported::Present, "nothing goes back");
    assert_eq!(import(&ended), Imported::Present);
    assert_eq!(stored(&log), std::slice::from_ref(&ended));
    let mut other = ended.clone();
    other.record.files_indexed += 1;
    assert_eq!(import(&other), Imported::Differs);
    let mut later = run("a", 1, 60);
    later.record.files_indexed = 5;
    assert_eq!(import(&later), Imported::Differs);
    assert_eq!(stored(&log), [ended]);
}

pub(super) fn what_is_no_run_is_not_imported(subject: &dyn Subject) {
    let log = subject.log();
    let mut nameless = run("a", 1, 0);
    nameless.record.execution_id.clear();
    let mut of_another = run("b", 2, 0);
    of_another.context = run("b", 2, 60).context;
    for wrong in [nameless, of_another] {
        let runs = [run("good", 1, 0), wrong];
        let refused = log.maintenance().import(&runs).expect_err("refused");
        assert!(
            matches!(
                refused,
                Error::InvalidId { .. } | Error::InvalidRecord { .. }
            ),
            "{refused}"
        );
    }
    assert_eq!(stored(&log), []);
    assert_eq!(log.maintenance().import(&[]).expect("nothing to do"), []);
}

pub(super) fn what_is_removed_is_gone_and_what_goes_on_stays(subject: &dyn Subject) {
    let log = subject.log();
    log.maintenance()
        .import(&[run("a", 1, 0), run("b", 2, 1), run("c", 3, 2)])
        .expect("imported");
    start(&log, "running");
    let removed = log
        .maintenance()
        .remove(&["a", "running", "nothing", "c"])
        .expect("removed");
    assert_eq!(removed, 2);
    drop(log);
    let mut left = listed(subject, Some(9));
    left.sort_unstable();
    assert_eq!(left, ["b", "running"]);
    let log = subject.log();
    assert_eq!(verified(&log).findings, []);
    assert_eq!(start(&log, "next"), 5);
}

pub(super) fn runs_are_asked_for_by_what_they_did(subject: &dyn Subject) {
    let log = subject.log();
    let runs = [
        ("a", "index", "1.0.0", Some("/src"), 400),
        ("b", "watch", "1.1.0", None, 1500),
        ("c", "index", "1.1.0", Some("/other"), 2500),
        ("d", "status", "1.2.0", Some("/src"), 30),
    ];
    for (number, (id, command, version, root, took)) in (1..).zip(runs) {
        let mut run = run(id, number, number);
        run.record.args = format!(r#"["{command}","--all"]"#);
        version.clone_into(&mut run.record.tool_version);
        run.record.root = root.map(str::to_owned);
        run.record.duration_ms = Some(took);
        log.maintenance().import(&[run]).expect("imported");
    }
    subject.clock().advance(Duration::from_secs(60));
    log.start_execution("e", "1.2.0", &[], None, DB)
        .expect("started");
    let ids = |runs: execlog::Runs<'_, execlog::OneThread>| {
        let ids = runs
            .into_iter()
            .map(|run| run.expect("reads").record.execution_id);
        ids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids(log.runs().command("index")), "c a");
    assert_eq!(ids(log.runs().command("index").command("watch")), "c b a");
    assert_eq!(ids(log.runs().command("--all")), "");
    assert_eq!(ids(log.runs().root("/src")), "d a");
    assert_eq!(ids(log.runs().tool_version("1.1.0").root("/other")), "c");
    assert_eq!(
        ids(log.runs().min_duration(Duration::from_millis(1500))),
        "c b"
    );
    assert_eq!(ids(log.runs().min_duration(Duration::ZERO).limit(2)), "d c");
    assert_eq!(ids(log.runs().oldest_first()), "a b c d e");
    assert_eq!(ids(log.runs().oldest_first().limit(2)), "a b");
    assert_eq!(ids(log.runs().as_added().command("index")), "a c");
    assert_eq!(ids(log.runs().as_added().limit(3)), "a b c");
}

pub(super) fn statuses_do_not_need_the_contexts_to_be_given(subject: &dyn Subject) {
    let log = subject.log();
    log.begin(Invocation::new(["index"])).succeed();
    let live = log.begin(Invocation::new(["watch"]));
    let seen = |runs: execlog::Runs<'_, execlog::OneThread>| {
        let runs = runs.into_iter().map(|run| run.expect("reads"));
        let runs = runs.map(|run| (run.status().as_str(), run.context.is_some()));
        let mut seen: Vec<_> = runs.collect();
        seen.sort_unstable();
        seen
    };
    assert_eq!(seen(log.runs()), [("running", true), ("success", true)]);
    let without = seen(log.runs().without_contexts());
    assert_eq!(without, [("running", false), ("success", false)]);
    live.succeed();
}

pub(super) fn whether_there_is_a_log_is_told(subject: &dyn Subject) {
    let log = subject.log();
    start(&log, "a");
    log.finish_execution("a", Outcome::Success, None, 0, 0, 0)
        .expect("finished");
    assert!(log.maintenance().exists().expect("asked"));
}

pub(super) fn an_import_keeps_the_pins_of_this_log(subject: &dyn Subject) {
    let log = subject.log();
    let ended = run("a", 1, 0);
    let mut going_on = ended.clone();
    "running".clone_into(&mut going_on.record.outcome);
    (going_on.record.finished_at, going_on.record.duration_ms) = (None, None);
    let import = |run: &StoredRun| log.maintenance().import(std::slice::from_ref(run));
    assert_eq!(import(&going_on).expect("imported"), [Imported::Added]);
    log.maintenance().pin("a", "keep").expect("pinned");
    assert_eq!(import(&ended).expect("imported"), [Imported::Updated]);
    assert_eq!(import(&ended).expect("imported"), [Imported::Present]);
    let pinned = log
        .runs()
        .pinned()
        .into_iter()
        .map(|run| run.expect("reads").record.id);
    assert_eq!(pinned.collect::<Vec<_>>(), [1]);
}
