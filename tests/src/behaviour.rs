//! What every log does, whatever it is kept in.

use crate::subject::{START, Subject};
use execlog::{Error, ExecutionLog, ExecutionRecord, Outcome};
use std::time::Duration;

/// Something that holds for every log. Panics where it does not.
pub type Behaviour = fn(&dyn Subject);

macro_rules! listed {
    ($($behaviour:ident,)*) => {
        &[$((stringify!($behaviour), $behaviour as Behaviour)),*]
    };
}

/// Every behaviour and its name.
pub const ALL: &[(&str, Behaviour)] = listed![
    an_empty_log_reads_as_empty,
    runs_are_numbered_from_one,
    a_started_run_reads_as_running,
    a_finished_run_reads_as_it_ended,
    every_outcome_has_its_word,
    newest_runs_come_first,
    runs_of_the_same_second_come_newest_first,
    a_limit_is_kept,
    a_taken_id_is_refused_and_the_run_stays,
    to_finish_an_unknown_run_is_an_error,
    a_second_finish_is_refused_and_the_first_stays,
    ids_that_cannot_be_told_apart_are_refused,
    ids_up_to_the_limit_and_with_separators_are_kept_apart,
    an_unknown_outcome_is_refused_and_the_run_goes_on,
    a_whole_record_is_stored_as_it_is,
    a_whole_record_that_could_not_be_read_is_refused,
    durations_are_measured_to_the_millisecond,
    durations_are_not_negative_when_the_clock_goes_back,
    durations_across_handles_are_whole_seconds,
    any_text_comes_back_unchanged,
    a_long_argument_comes_back_whole,
    numbers_at_their_limits_are_kept,
    listing_gives_each_run_its_own_result,
];

const DB: &str = "code.db";

fn start(log: &ExecutionLog, id: &str) -> i64 {
    log.start_execution(id, "1.0.0", &[], None, DB)
        .expect("the run starts")
}

fn get(subject: &dyn Subject, id: &str) -> ExecutionRecord {
    let found = subject.log().get_by_id(id).expect("the log reads");
    found.expect("the run is in the log")
}

fn ids(records: &[ExecutionRecord]) -> Vec<&str> {
    records
        .iter()
        .map(|record| record.execution_id.as_str())
        .collect()
}

fn listed(subject: &dyn Subject, limit: Option<usize>) -> Vec<String> {
    let records = subject.log().list_all(limit).expect("the log reads");
    ids(&records).into_iter().map(str::to_owned).collect()
}

fn record(id: &str) -> ExecutionRecord {
    ExecutionRecord {
        id: 99,
        execution_id: id.to_owned(),
        tool_version: "4.17.0".to_owned(),
        args: r#"["status"]"#.to_owned(),
        root: None,
        db_path: DB.to_owned(),
        started_at: START,
        finished_at: Some(START),
        duration_ms: Some(438),
        outcome: "success".to_owned(),
        error_message: None,
        files_indexed: 0,
        symbols_indexed: 0,
        references_indexed: 0,
    }
}

fn an_empty_log_reads_as_empty(subject: &dyn Subject) {
    assert_eq!(subject.log().get_by_id("a").expect("reads"), None);
    assert_eq!(subject.log().get_by_execution_id("a").expect("reads"), None);
    assert_eq!(subject.log().get_recent(5).expect("reads"), []);
    assert_eq!(subject.log().list_all(None).expect("reads"), []);
    assert!(subject.log().list_results(None).expect("reads").is_empty());
}

fn runs_are_numbered_from_one(subject: &dyn Subject) {
    subject.log().ensure_schema().expect("the log is ready");
    assert_eq!(start(&subject.log(), "a"), 1);
    assert_eq!(start(&subject.log(), "b"), 2);
    let third = subject.log().log_execution(&record("c"));
    assert_eq!(third.expect("stored"), 3);
    for number in 4..40 {
        assert_eq!(start(&subject.log(), &format!("run-{number}")), number);
    }
    assert_eq!(get(subject, "b").id, 2);
    assert_eq!(get(subject, "c").id, 3);
}

fn a_started_run_reads_as_running(subject: &dyn Subject) {
    let args = ["index".to_owned(), "src".to_owned()];
    let started = subject
        .log()
        .start_execution("a", "4.17.0", &args, Some("/src"), DB);
    assert_eq!(started.expect("the run starts"), 1);
    let expected = ExecutionRecord {
        id: 1,
        args: r#"["index","src"]"#.to_owned(),
        root: Some("/src".to_owned()),
        finished_at: None,
        duration_ms: None,
        outcome: "running".to_owned(),
        ..record("a")
    };
    assert_eq!(expected.ended().expect("a known word"), None);
    assert_eq!(get(subject, "a"), expected);
    assert_eq!(
        subject.log().get_by_execution_id("a").expect("reads"),
        Some(expected)
    );
}

fn a_finished_run_reads_as_it_ended(subject: &dyn Subject) {
    start(&subject.log(), "a");
    subject.clock().advance(Duration::from_secs(3));
    subject
        .log()
        .finish_execution("a", Outcome::Partial, Some("1 file skipped"), 3, 20, 100)
        .expect("the run ends");
    let expected = ExecutionRecord {
        id: 1,
        tool_version: "1.0.0".to_owned(),
        args: "[]".to_owned(),
        finished_at: Some(START + 3),
        duration_ms: Some(3000),
        outcome: "partial".to_owned(),
        error_message: Some("1 file skipped".to_owned()),
        files_indexed: 3,
        symbols_indexed: 20,
        references_indexed: 100,
        ..record("a")
    };
    assert_eq!(get(subject, "a"), expected);
    assert_eq!(listed(subject, None), ["a"]);
}

fn every_outcome_has_its_word(subject: &dyn Subject) {
    for word in &["success", "partial", "error"].map(str::to_owned) {
        start(&subject.log(), word);
        let ended = subject.log().finish_execution(word, word, None, 0, 0, 0);
        ended.expect("the run ends");
        let record = get(subject, word);
        assert_eq!(record.outcome, *word);
        let outcome = record.ended().expect("a known word").expect("ended");
        assert_eq!(outcome.to_string(), *word);
    }
}

fn newest_runs_come_first(subject: &dyn Subject) {
    for (id, at) in [("c", 300), ("a", 100), ("e", 500), ("b", 200), ("d", 400)] {
        subject.clock().set(at);
        start(&subject.log(), id);
    }
    assert_eq!(listed(subject, None), ["e", "d", "c", "b", "a"]);
    let recent = subject.log().get_recent(3).expect("the log reads");
    assert_eq!(ids(&recent), ["e", "d", "c"]);
}

fn runs_of_the_same_second_come_newest_first(subject: &dyn Subject) {
    for id in ["c", "e", "a", "d", "b"] {
        start(&subject.log(), id);
    }
    assert_eq!(listed(subject, None), ["b", "d", "a", "e", "c"]);
    assert_eq!(listed(subject, Some(2)), ["b", "d"]);
}

fn a_limit_is_kept(subject: &dyn Subject) {
    for id in ["a", "b", "c"] {
        start(&subject.log(), id);
    }
    assert_eq!(listed(subject, Some(0)), [""; 0]);
    assert_eq!(listed(subject, Some(2)), ["c", "b"]);
    assert_eq!(listed(subject, Some(3)).len(), 3);
    assert_eq!(listed(subject, Some(usize::MAX)).len(), 3);
}

fn a_taken_id_is_refused_and_the_run_stays(subject: &dyn Subject) {
    start(&subject.log(), "a");
    let before = get(subject, "a");
    let again = subject
        .log()
        .start_execution("a", "2.0.0", &[], Some("/other"), DB);
    assert!(matches!(again, Err(Error::Duplicate { execution_id }) if execution_id == "a"));
    let whole = subject.log().log_execution(&record("a"));
    assert!(matches!(whole, Err(Error::Duplicate { .. })));
    assert_eq!(get(subject, "a"), before);
    assert_eq!(start(&subject.log(), "b"), 2);
}

fn to_finish_an_unknown_run_is_an_error(subject: &dyn Subject) {
    let finish = || {
        subject
            .log()
            .finish_execution("a", "success", None, 0, 0, 0)
    };
    let missing =
        |result| matches!(result, Err(Error::NotFound { execution_id }) if execution_id == "a");
    assert!(missing(finish()), "in a log without a table");
    start(&subject.log(), "b");
    assert!(missing(finish()), "in a log with other runs");
    assert_eq!(listed(subject, None), ["b"]);
}

fn a_second_finish_is_refused_and_the_first_stays(subject: &dyn Subject) {
    start(&subject.log(), "a");
    let finish = |outcome| subject.log().finish_execution("a", outcome, None, 1, 2, 3);
    finish(Outcome::Error).expect("the run ends");
    let before = get(subject, "a");
    let again = finish(Outcome::Success);
    assert!(
        matches!(again, Err(Error::AlreadyFinished { execution_id, outcome })
            if execution_id == "a" && outcome == "error")
    );
    assert_eq!(get(subject, "a"), before);
}

fn ids_that_cannot_be_told_apart_are_refused(subject: &dyn Subject) {
    let over_long = "x".repeat(513);
    let huge = "x".repeat(10_000_000);
    for id in ["", "a\0b", "a\nb", "\u{7f}", "\u{85}", &over_long, &huge] {
        let log = subject.log();
        let whole = ExecutionRecord {
            execution_id: id.to_owned(),
            ..record("a")
        };
        let refusals = [
            log.start_execution(id, "1.0.0", &[], None, DB).map(drop),
            log.finish_execution(id, Outcome::Success, None, 0, 0, 0),
            log.log_execution(&whole).map(drop),
            log.get_by_id(id).map(drop),
        ];
        for refusal in refusals {
            let error = refusal.expect_err("the id is refused");
            assert!(matches!(error, Error::InvalidId { .. }), "{error}");
            let message = error.to_string();
            assert!(message.len() < 800, "a short message: {}", message.len());
            assert!(!message.contains(char::is_control), "{message}");
        }
    }
    assert_eq!(listed(subject, None), [""; 0]);
}

fn ids_up_to_the_limit_and_with_separators_are_kept_apart(subject: &dyn Subject) {
    let long = "x".repeat(512);
    let distinct = [
        "a", "A", "a:b", "a%3Ab", "a::b", ":", "%", "ä", "a ", " a", "🦀", &long,
    ];
    for id in distinct {
        start(&subject.log(), id);
    }
    for id in distinct {
        assert_eq!(get(subject, id).execution_id, id);
    }
    assert_eq!(listed(subject, None).len(), distinct.len());
}

fn an_unknown_outcome_is_refused_and_the_run_goes_on(subject: &dyn Subject) {
    start(&subject.log(), "a");
    for word in ["", "Success", "running", "crashed", "success\0"] {
        let refused = subject.log().finish_execution("a", word, None, 0, 0, 0);
        assert!(
            matches!(refused, Err(Error::InvalidOutcome { .. })),
            "{word}"
        );
    }
    assert_eq!(get(subject, "a").outcome, "running");
}

fn a_whole_record_is_stored_as_it_is(subject: &dyn Subject) {
    let running = ExecutionRecord {
        finished_at: None,
        duration_ms: None,
        outcome: "running".to_owned(),
        ..record("running")
    };
    let full = ExecutionRecord {
        root: Some("/src".to_owned()),
        error_message: Some("disk full".to_owned()),
        outcome: "error".to_owned(),
        files_indexed: 1,
        symbols_indexed: 2,
        references_indexed: 3,
        ..record("full")
    };
    for (number, given) in (1..).zip([running, full, record("bare")]) {
        let stored = subject.log().log_execution(&given);
        assert_eq!(stored.expect("stored"), number);
        let expected = ExecutionRecord {
            id: number,
            ..given
        };
        assert_eq!(get(subject, &expected.execution_id), expected);
    }
    let ended = subject
        .log()
        .finish_execution("running", "success", None, 0, 0, 0);
    ended.expect("a run that was logged as running can be finished");
}

fn a_whole_record_that_could_not_be_read_is_refused(subject: &dyn Subject) {
    let with_args = |args: &str| ExecutionRecord {
        args: args.to_owned(),
        ..record("a")
    };
    let unknown_outcome = ExecutionRecord {
        outcome: "done".to_owned(),
        ..record("a")
    };
    let refused = [
        (with_args(""), "args"),
        (with_args("index src"), "args"),
        (with_args("[1]"), "args"),
        (with_args(r#"{"a":1}"#), "args"),
        (unknown_outcome, "outcome"),
    ];
    for (given, wrong) in refused {
        let refusal = subject.log().log_execution(&given);
        assert!(
            matches!(&refusal, Err(Error::InvalidRecord { field, .. }) if *field == wrong),
            "{refusal:?}"
        );
    }
    assert_eq!(listed(subject, None), [""; 0]);
}

fn durations_are_measured_to_the_millisecond(subject: &dyn Subject) {
    let log = subject.log();
    subject.clock().advance(Duration::from_millis(750));
    start(&log, "a");
    subject.clock().advance(Duration::from_millis(30));
    log.finish_execution("a", Outcome::Success, None, 0, 0, 0)
        .expect("the run ends");
    let record = log.get_by_id("a").expect("reads").expect("is there");
    assert_eq!(record.duration_ms, Some(30));
    assert_eq!(record.finished_at, Some(START));
}

fn durations_are_not_negative_when_the_clock_goes_back(subject: &dyn Subject) {
    let log = subject.log();
    start(&log, "same handle");
    subject.clock().advance(Duration::from_millis(1234));
    subject.clock().set(START - 3600);
    log.finish_execution("same handle", Outcome::Success, None, 0, 0, 0)
        .expect("the run ends");
    let record = log
        .get_by_id("same handle")
        .expect("reads")
        .expect("is there");
    assert_eq!(record.duration_ms, Some(1234));
    drop(log);

    start(&subject.log(), "other handle");
    subject.clock().set(START - 7200);
    subject
        .log()
        .finish_execution("other handle", Outcome::Success, None, 0, 0, 0)
        .expect("the run ends");
    assert_eq!(get(subject, "other handle").duration_ms, Some(0));
}

fn durations_across_handles_are_whole_seconds(subject: &dyn Subject) {
    start(&subject.log(), "a");
    subject.clock().advance(Duration::from_secs(90));
    subject
        .log()
        .finish_execution("a", Outcome::Success, None, 0, 0, 0)
        .expect("the run ends");
    assert_eq!(get(subject, "a").duration_ms, Some(90_000));
}

fn any_text_comes_back_unchanged(subject: &dyn Subject) {
    let texts = [
        "",
        "a \"b\" 'c' \\",
        "ä🦀\u{200d}",
        "line\nline\ttab",
        "nul\0nul",
        "null",
        "1",
    ];
    let args = texts.map(str::to_owned);
    for (number, text) in texts.iter().enumerate() {
        let id = format!("run-{number}");
        let started = subject
            .log()
            .start_execution(&id, text, &args, Some(text), text);
        started.expect("the run starts");
        let finished = subject
            .log()
            .finish_execution(&id, Outcome::Error, Some(text), 0, 0, 0);
        finished.expect("the run ends");
        let record = get(subject, &id);
        assert_eq!(record.tool_version, *text);
        assert_eq!(record.arguments().expect("a list"), args);
        assert_eq!(record.root.as_deref(), Some(*text));
        assert_eq!(record.db_path, *text);
        assert_eq!(record.error_message.as_deref(), Some(*text));
    }
}

fn a_long_argument_comes_back_whole(subject: &dyn Subject) {
    let args = ["x".repeat(200_000)];
    let started = subject.log().start_execution("a", "1.0.0", &args, None, DB);
    started.expect("the run starts");
    let finished = subject
        .log()
        .finish_execution("a", "success", None, 0, 0, 0);
    finished.expect("the run ends");
    assert_eq!(get(subject, "a").arguments().expect("a list"), args);
}

fn numbers_at_their_limits_are_kept(subject: &dyn Subject) {
    let log = subject.log();
    start(&log, "a");
    log.finish_execution("a", Outcome::Success, None, usize::MAX, 0, usize::MAX)
        .expect("the run ends");
    let kept = log.get_by_id("a").expect("reads").expect("is there");
    assert_eq!((kept.files_indexed, kept.symbols_indexed), (i64::MAX, 0));
    drop(log);

    for (id, extreme) in [("min", i64::MIN), ("max", i64::MAX)] {
        let given = ExecutionRecord {
            started_at: extreme,
            finished_at: None,
            duration_ms: Some(extreme),
            symbols_indexed: extreme,
            outcome: "running".to_owned(),
            ..record(id)
        };
        subject.log().log_execution(&given).expect("stored");
        assert_eq!(get(subject, id).symbols_indexed, extreme);
        subject
            .log()
            .finish_execution(id, Outcome::Success, None, 0, 0, 0)
            .expect("the run ends");
        assert!(get(subject, id).duration_ms >= Some(0));
    }
    assert_eq!(listed(subject, None), ["max", "a", "min"]);
}

fn listing_gives_each_run_its_own_result(subject: &dyn Subject) {
    for id in ["a", "b"] {
        start(&subject.log(), id);
    }
    let results = subject.log().list_results(Some(1)).expect("the log reads");
    let records: Vec<_> = results.into_iter().map(|one| one.expect("reads")).collect();
    assert_eq!(ids(&records), ["b"]);
}
