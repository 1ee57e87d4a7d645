//! A run from begin to end, and how it is found again.

use super::{DB, ids, listed, record, start};
use crate::subject::{START, Subject};
use execlog::{
    Environment, Error, ExecutionId, ExecutionRecord, Invocation, LocalLog, OneThread, Outcome,
    Run, RunEntry, RunSelector, Status,
};
use std::time::{Duration, SystemTime};

fn invocation(id: &str) -> Invocation {
    let id: ExecutionId = id.parse().expect("an id");
    Invocation::new(["index", "src"])
        .execution_id(id)
        .tool_version("1.0.0")
        .db_path(DB)
}

fn find(subject: &dyn Subject, id: &str) -> RunEntry {
    let found = subject
        .log()
        .find(id.parse().expect("a selector"))
        .expect("the log reads");
    found.expect("the run is there")
}

fn statuses(log: &LocalLog) -> Vec<(String, &'static str)> {
    let runs = log.runs().into_iter().map(|run| run.expect("reads"));
    runs.map(|run| (run.record.execution_id.clone(), run.status().as_str()))
        .collect()
}

/// Puts a file that is not locked in place of every lock, as if each process had died.
fn lose_locks(subject: &dyn Subject) {
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

fn locks(subject: &dyn Subject) -> usize {
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
            Some("the run was dropped without saying how it ended"),
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

pub(super) fn a_run_is_found_by_how_its_id_begins(subject: &dyn Subject) {
    for id in [
        "0199ab-1", "0199ab-2", "0199cd", "0199", "a%:b", "a%:bc", "ä",
    ] {
        start(&subject.log(), id);
        subject.clock().advance(Duration::from_secs(1));
    }
    for (given, id) in [
        ("0199c", "0199cd"),
        ("0199ab-2", "0199ab-2"),
        ("0199", "0199"),
        ("a%:b", "a%:b"),
        ("a%:bc", "a%:bc"),
        ("ä", "ä"),
        ("latest", "ä"),
    ] {
        assert_eq!(find(subject, given).record.execution_id, id);
    }
    let ambiguous = subject
        .log()
        .find("0199a".parse().expect("a selector"))
        .expect_err("two begin so");
    assert_eq!(
        ambiguous.to_string(),
        "`0199a` is the beginning of 2 ids: `0199ab-1`, `0199ab-2`; give more of it"
    );
    for none in ["x", "0199ab-3", "LATEST"] {
        assert_eq!(
            subject
                .log()
                .find(none.parse().expect("a selector"))
                .expect("reads"),
            None
        );
    }
    assert!(matches!(
        "".parse::<RunSelector>(),
        Err(Error::InvalidId { .. })
    ));
}

pub(super) fn a_run_is_found_by_its_number_and_an_id_is_not_taken_for_a_word(
    subject: &dyn Subject,
) {
    for id in ["a", "latest", "#1"] {
        subject.log().begin(invocation(id)).succeed();
        subject.clock().advance(Duration::from_secs(1));
    }
    subject.log().begin(invocation("newest")).succeed();
    let id = |run: RunSelector| {
        let found = subject.log().find(run).expect("the log reads");
        found.map(|run| run.record.execution_id)
    };
    let word = |word: &str| id(word.parse().expect("a selector"));
    assert_eq!(word("latest").as_deref(), Some("newest"));
    assert_eq!(word("#1").as_deref(), Some("a"));
    assert_eq!(word("#4").as_deref(), Some("newest"));
    assert_eq!(word("#5"), None);
    for taken in ["latest", "#1"] {
        let by_id = RunSelector::id(taken).expect("an id");
        assert_eq!(id(by_id).as_deref(), Some(taken));
    }
}

pub(super) fn runs_are_asked_for_by_what_they_are(subject: &dyn Subject) {
    let outcomes = [Outcome::Success, Outcome::Error, Outcome::Partial];
    for number in 0..30 {
        let id = format!("run-{number:02}");
        let args = [format!("Arg \"{number}\"")];
        let root = Some("SRC");
        let log = subject.log();
        log.start_execution(&id, "1.0.0", &args, root, DB)
            .expect("started");
        let message = (number % 3 == 1).then(|| format!("Failed: {number}"));
        log.finish_execution(&id, outcomes[number % 3], message.as_deref(), 0, 0, 0)
            .expect("finished");
        subject.clock().advance(Duration::from_secs(10));
    }
    start(&subject.log(), "open");
    let log = subject.log();
    let at = |seconds: i64| {
        SystemTime::UNIX_EPOCH + Duration::from_secs((START + seconds).unsigned_abs())
    };
    let found = |runs: execlog::Runs<'_, OneThread>| -> Vec<String> {
        let runs = runs.into_iter().map(|run| run.expect("reads"));
        runs.map(|run| run.record.execution_id).collect()
    };
    let all = found(log.runs());
    assert_eq!(all.len(), 31);
    assert_eq!(all, listed(subject, None));
    assert_eq!(found(log.runs().limit(3)), ["open", "run-29", "run-28"]);
    assert_eq!(found(log.runs().limit(0)), [""; 0]);
    let failed = log.runs().status(Outcome::Error);
    assert_eq!(found(failed.clone().limit(2)), ["run-28", "run-25"]);
    assert_eq!(
        found(failed.clone().status(Status::Partial).limit(3)),
        ["run-29", "run-28", "run-26"]
    );
    assert_eq!(found(failed).len(), 10);
    assert_eq!(found(log.runs().status(Status::Unknown)), ["open"]);
    assert_eq!(found(log.runs().status(Status::Running)), [""; 0]);
    assert_eq!(
        found(log.runs().since(at(280))),
        ["open", "run-29", "run-28"]
    );
    assert_eq!(found(log.runs().until(at(20))), ["run-01", "run-00"]);
    assert_eq!(
        found(log.runs().since(at(10)).until(at(30)).limit(9)),
        ["run-02", "run-01"]
    );
    for text in ["\"17\"", "arg \"17", "RUN-17"] {
        assert_eq!(found(log.runs().text(text)), ["run-17"], "{text}");
    }
    assert_eq!(found(log.runs().text("failed: 1").limit(9)).len(), 5);
    assert_eq!(found(log.runs().text("src")).len(), 30);
    assert_eq!(found(log.runs().text("Arg\",\"")), [""; 0]);
    for none in ["%", "[", "\\", "nb", "0199"] {
        assert_eq!(found(log.runs().text(none)), [""; 0], "{none}");
    }
    log.start_execution("lines", "1.0.0", &["a\nb".to_owned()], None, DB)
        .expect("started");
    assert_eq!(found(log.runs().text("A\nB")), ["lines"]);
    assert_eq!(found(log.runs().text("nb")), [""; 0]);
}

pub(super) fn the_log_may_be_written_to_while_it_is_read(subject: &dyn Subject) {
    for number in 0..5 {
        start(&subject.log(), &number.to_string());
    }
    let log = subject.log();
    let mut read = Vec::new();
    for run in log.runs() {
        let run = run.expect("reads").record;
        log.finish_execution(&run.execution_id, "success", None, 0, 0, 0)
            .expect("the run ends");
        start(&log, &format!("next-{}", run.execution_id));
        read.push(run);
    }
    assert_eq!(ids(&read), ["4", "3", "2", "1", "0"]);
    drop(log);
    assert_eq!(listed(subject, None).len(), 10);
}

pub(super) fn a_run_without_a_lock_is_unknown_and_says_so(subject: &dyn Subject) {
    start(&subject.log(), "a");
    let run = find(subject, "a");
    assert_eq!(run.status(), Status::Unknown);
    assert!(
        run.note()
            .is_some_and(|note| note.contains("without a lock"))
    );
    assert_eq!(run.record.outcome, "running");
    assert_eq!(subject.log().settle().expect("settled"), []);
    assert_eq!(find(subject, "a").record.outcome, "running");
}

pub(super) fn a_crashed_run_is_seen_and_settled(subject: &dyn Subject) {
    let log = subject.log();
    let (live, dead) = (log.begin(invocation("live")), log.begin(invocation("dead")));
    // Nobody drops what dies with its process.
    std::mem::forget(dead);
    lose_locks(subject);
    let relocked = relock(subject, &log, "live");
    subject.clock().advance(Duration::from_secs(5));

    let crashed = ("dead".to_owned(), "crashed");
    let running = ("live".to_owned(), "running");
    assert_eq!(statuses(&log), [crashed.clone(), running.clone()]);
    let unchanged = log.get_by_id("dead").expect("reads").expect("is there");
    assert_eq!(unchanged.outcome, "running", "reading writes nothing");

    let settled = log.settle().expect("settled");
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
        log.settle().expect("settled"),
        [],
        "nothing is left to settle"
    );
    drop(relocked);
    live.succeed();
    drop(log);
    assert_eq!(find(subject, "live").status(), Status::Success);
    assert_eq!(find(subject, "dead").status(), Status::Crashed);
}

/// Holds the lock of a run whose own was lost.
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

pub(super) fn a_late_end_wins_over_being_settled(subject: &dyn Subject) {
    let log = subject.log();
    let (first, second) = (
        log.begin(invocation("first")),
        log.begin(invocation("second")),
    );
    lose_locks(subject);
    subject.clock().advance(Duration::from_millis(2500));
    assert_eq!(log.settle().expect("settled").len(), 2);
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

pub(super) fn a_run_that_is_gone_at_its_end_is_recorded_whole(subject: &dyn Subject) {
    let log = subject.log();
    let run = log.begin(invocation("a"));
    lose_locks(subject);
    log.settle().expect("settled");
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
