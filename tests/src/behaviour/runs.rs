//! A run from begin to end, and finding it again.

use super::{DB, record, start};
use crate::subject::{START, Subject};
use execlog::{
    Environment, Error, ExecutionId, ExecutionRecord, Invocation, LocalLog, OneThread, Outcome,
    Run, RunEntry, Status,
};
use std::time::Duration;

pub(super) fn invocation(id: &str) -> Invocation {
    let id: ExecutionId = id.parse().expect("an id");
    Invocation::new(["index", "src"])
        .execution_id(id)
        .tool_version("1.0.0")
        .db_path(DB)
}

pub(super) fn find(subject: &dyn Subject, id: &str) -> RunEntry {
    let found = subject
        .log()
        .find(id.parse().expect("a selector"))
        .expect("the log reads");
    found.expect("the run is there")
}

pub(super) fn statuses(log: &LocalLog) -> Vec<(String, &'static str)> {
    let runs = log.runs().into_iter().map(|run| run.expect("reads"));
    runs.map(|run| (run.record.execution_id.clone(), run.status().as_str()))
        .collect()
}

/// Replaces every lock with an unlocked file, as if each process had died.
pub(super) fn lose_locks(subject: &dyn Subject) {
    for file in std::fs::read_dir(subject.locks()).expect("the folder") {
        let path = file.expect("a file").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "lock")
        {
            std::fs::remove_file(&path).expect("removed");
            std::fs::write(&path, "").expect("made");
        }
    }
}

pub(super) fn locks(subject: &dyn Subject) -> usize {
    crate::subject::locks_in(subject.locks())
}

pub(super) fn a_run_is_recorded_from_begin_to_end(subject: &dyn Subject) {
    let log = subject.log();
    let mut environment = Environment::default();
    environment.process_id = Some(7);
    environment.program = Some("magellan".to_owned());
    environment.host = Some("host".to_owned());
    environment.user = Some("user".to_owned());
    environment.working_directory = Some("/src/code".to_owned());
    environment.parent = Some("trace-span".to_owned());
    let invocation = invocation("a")
        .root("/no/such/folder")
        .environment(environment);
    let run = log.begin(invocation);
    assert!(run.is_recorded());
    assert_eq!(run.execution_id(), "a");
    assert_eq!(statuses(&log), [("a".to_owned(), "running")]);
    run.counters().add_files(2);
    run.counters().add_files(1);
    run.counters().add_symbols(20);
    run.counters().add_references(100);
    run.set_exit_code(3);
    subject.clock().advance(Duration::from_millis(1500));
    run.partial("1 file skipped");
    drop(log);

    let run = find(subject, "a");
    assert_eq!((run.status(), run.note()), (Status::Partial, None));
    let expected = ExecutionRecord {
        id: 1,
        tool_version: "1.0.0".to_owned(),
        args: r#"["index","src"]"#.to_owned(),
        root: Some("/no/such/folder".to_owned()),
        finished_at: Some(START + 1),
        duration_ms: Some(1500),
        outcome: "partial".to_owned(),
        error_message: Some("1 file skipped".to_owned()),
        files_indexed: 3,
        symbols_indexed: 20,
        references_indexed: 100,
        ..record("a")
    };
    assert_eq!(run.record, expected);

    let context = run.context.expect("a context");
    assert_eq!(context.started_at_ms, START * 1000);
    assert_eq!(context.ended_at_ms, Some(START * 1000 + 1500));
    assert_eq!((context.process_id, context.exit_code), (Some(7), Some(3)));
    assert_eq!(context.program.as_deref(), Some("magellan"));
    assert_eq!(context.host.as_deref(), Some("host"));
    assert_eq!(context.user.as_deref(), Some("user"));
    assert_eq!(context.working_directory.as_deref(), Some("/src/code"));
    assert_eq!(context.parent_execution_id.as_deref(), Some("trace-span"));
    assert_eq!((context.revision, context.branch), (None, None));
    assert!(context.lock.is_some() && !context.crashed);
    assert_eq!(locks(subject), 0, "the lock is gone with the run");
}

pub(super) fn every_way_to_end_is_told(subject: &dyn Subject) {
    type End = fn(Run<OneThread>);
    let ways: [(&str, &str, Option<&str>, End); 5] = [
        ("a", "success", None, |run| run.succeed()),
        ("b", "partial", Some("half"), |run| run.partial("half")),
        (
            "c",
            "error",
            Some("run `x` is not in the log: start it before finishing it"),
            |run| {
                let error = Error::NotFound {
                    execution_id: "x".to_owned(),
                };
                run.fail(&error);
            },
        ),
        (
            "d",
            "error",
            Some("the run was dropped without an outcome"),
            |run| drop(run),
        ),
        (
            "e",
            "error",
            Some("the run was dropped while its thread was panicking"),
            |run| {
                let thrown = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    let _run = run;
                    std::panic::resume_unwind(Box::new("on purpose"));
                }));
                thrown.expect_err("it panics");
            },
        ),
    ];
    for (id, outcome, message, end) in ways {
        let log = subject.log();
        end(log.begin(invocation(id)));
        drop(log);
        let run = find(subject, id);
        assert_eq!(run.record.outcome, outcome);
        assert_eq!(run.status().as_str(), outcome);
        assert_eq!(run.record.error_message.as_deref(), message);
        assert!(
            run.context
                .is_some_and(|context| context.ended_at_ms.is_some())
        );
    }
}

pub(super) fn what_the_work_gives_is_passed_through(subject: &dyn Subject) {
    let log = subject.log();
    let seven = log.record(invocation("a"), |run| {
        run.counters().add_files(1);
        Ok::<_, String>(7)
    });
    assert_eq!(seven, Ok(7));
    let failed = log.record(invocation("b"), |_| {
        Err::<(), _>("no such folder".to_owned())
    });
    assert_eq!(failed, Err("no such folder".to_owned()));
    drop(log);
    assert_eq!(find(subject, "a").record.files_indexed, 1);
    let run = find(subject, "b").record;
    assert_eq!(run.outcome, "error");
    assert_eq!(run.error_message.as_deref(), Some("no such folder"));
}

pub(super) fn a_taken_id_does_not_stop_the_host(subject: &dyn Subject) {
    start(&subject.log(), "a");
    let log = subject.log();
    let run = log.begin(invocation("a"));
    assert!(!run.is_recorded());
    run.succeed();
    drop(log);
    let run = find(subject, "a");
    assert_eq!(run.record.outcome, "running", "that of the other run stays");
    assert_eq!(run.context, None);
}

pub(super) fn a_run_that_is_gone_at_its_end_is_recorded_whole(subject: &dyn Subject) {
    let log = subject.log();
    let run = log.begin(invocation("a"));
    lose_locks(subject);
    log.maintenance().settle().expect("settled");
    log.prune_plan(&execlog::Policy::new().keep_last(0))
        .and_then(execlog::PrunePlan::apply)
        .expect("pruned");
    assert_eq!(
        log.find("a".parse().expect("a selector")).expect("reads"),
        None
    );
    run.counters().add_symbols(5);
    run.succeed();
    drop(log);
    let run = find(subject, "a");
    assert_eq!(
        (run.status(), run.record.symbols_indexed),
        (Status::Success, 5)
    );
    assert!(run.context.is_some_and(|context| !context.crashed));
}

pub(super) fn secrets_are_not_stored(subject: &dyn Subject) {
    let args = ["--token", "t0ps3cret", "src"].map(str::to_owned);
    let root = Some("https://me:t0ps3cret@host/src");
    let log = subject.log();
    log.start_execution("a", "1.0.0", &args, root, DB)
        .expect("started");
    let message = Some("cannot reach https://me:t0ps3cret@host/");
    log.finish_execution("a", Outcome::Error, message, 0, 0, 0)
        .expect("finished");
    let whole = ExecutionRecord {
        args: r#"["--password=t0ps3cret"]"#.to_owned(),
        error_message: Some("API_TOKEN=t0ps3cret".to_owned()),
        ..record("b")
    };
    log.log_execution(&whole).expect("stored");
    let begun = Invocation::new(["-p", "--api-key", "t0ps3cret"]);
    let failed: Result<(), _> = log.record(begun, |_| Err("token=t0ps3cret"));
    failed.expect_err("passed through");
    for run in log.runs() {
        let run = run.expect("reads");
        assert!(!format!("{run:?}").contains("t0ps3cret"), "{run:?}");
        assert!(run.record.args.contains("[redacted]"));
    }
    assert_eq!(log.maintenance().audit_secrets().count(), 0);
}

pub(super) fn removing_a_run_removes_its_context(subject: &dyn Subject) {
    let log = subject.log();
    log.begin(invocation("a")).succeed();
    subject.clock().advance(Duration::from_secs(1));
    log.prune_plan(&execlog::Policy::new().keep_last(0))
        .and_then(execlog::PrunePlan::apply)
        .expect("pruned");
    start(&log, "a");
    drop(log);
    assert_eq!(find(subject, "a").context, None);
}

pub(super) fn the_revision_of_the_root_is_recorded(subject: &dyn Subject) {
    let root = tempfile::tempdir().expect("a folder");
    let git = root.path().join(".git");
    let commit = "38d4e31f0c1d2e3f405162738495a6b7c8d9eaf0";
    std::fs::create_dir_all(git.join("refs/heads")).expect("made");
    std::fs::write(git.join("HEAD"), "ref: refs/heads/main\n").expect("written");
    std::fs::write(git.join("refs/heads/main"), format!("{commit}\n")).expect("written");
    let log = subject.log();
    let invocation = invocation("a").root(root.path()).parent_id("parent");
    log.begin(invocation).succeed();
    drop(log);
    let context = find(subject, "a").context.expect("a context");
    assert_eq!(context.revision.as_deref(), Some(commit));
    assert_eq!(context.branch.as_deref(), Some("main"));
    assert_eq!(context.parent_execution_id.as_deref(), Some("parent"));
}

pub(super) fn a_run_does_not_end_another_that_has_its_id(subject: &dyn Subject) {
    let log = subject.log();
    let first = log.begin(invocation("a"));
    log.finish_execution("a", Outcome::Error, None, 0, 0, 0)
        .expect("ended by another");
    subject.clock().advance(Duration::from_secs(1));
    log.prune_plan(&execlog::Policy::new().keep_last(0))
        .and_then(execlog::PrunePlan::apply)
        .expect("pruned");
    let second = log.begin(invocation("a"));
    first.succeed();
    assert_eq!(statuses(&log), [("a".to_owned(), "running")]);
    second.partial("half");
    assert_eq!(statuses(&log), [("a".to_owned(), "partial")]);
}

pub(super) fn counts_do_not_wrap(subject: &dyn Subject) {
    let log = subject.log();
    let run = log.begin(invocation("a"));
    run.counters().add_files(usize::MAX);
    run.counters().add_files(2);
    run.succeed();
    drop(log);
    assert_eq!(find(subject, "a").record.files_indexed, i64::MAX);
}
