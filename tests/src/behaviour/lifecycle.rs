//! The lifecycle of a run, from start to end.

use super::{DB, get, listed, record, start};
use crate::subject::{START, Subject};
use execlog::{Error, ExecutionRecord, Outcome};
use std::time::Duration;

pub(super) fn runs_are_numbered_from_one(subject: &dyn Subject) {
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

pub(super) fn a_started_run_reads_as_running(subject: &dyn Subject) {
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
    assert_eq!(expected.outcome().expect("a known word"), None);
    assert_eq!(get(subject, "a"), expected);
    assert_eq!(
        subject.log().get_by_execution_id("a").expect("reads"),
        Some(expected)
    );
}

pub(super) fn a_finished_run_reads_as_it_ended(subject: &dyn Subject) {
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

pub(super) fn every_outcome_has_its_word(subject: &dyn Subject) {
    for word in &["success", "partial", "error"].map(str::to_owned) {
        start(&subject.log(), word);
        let ended = subject.log().finish_execution(word, word, None, 0, 0, 0);
        ended.expect("the run ends");
        let record = get(subject, word);
        assert_eq!(record.outcome, *word);
        let outcome = record.outcome().expect("a known word").expect("ended");
        assert_eq!(outcome.to_string(), *word);
    }
}

pub(super) fn a_taken_id_is_refused_and_the_run_stays(subject: &dyn Subject) {
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

pub(super) fn to_finish_an_unknown_run_is_an_error(subject: &dyn Subject) {
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

pub(super) fn a_second_finish_is_refused_and_the_first_stays(subject: &dyn Subject) {
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

pub(super) fn an_unknown_outcome_is_refused_and_the_run_goes_on(subject: &dyn Subject) {
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

pub(super) fn durations_are_measured_to_the_millisecond(subject: &dyn Subject) {
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

pub(super) fn durations_are_not_negative_when_the_clock_goes_back(subject: &dyn Subject) {
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

pub(super) fn durations_across_handles_are_whole_seconds(subject: &dyn Subject) {
    start(&subject.log(), "a");
    subject.clock().advance(Duration::from_secs(90));
    subject
        .log()
        .finish_execution("a", Outcome::Success, None, 0, 0, 0)
        .expect("the run ends");
    assert_eq!(get(subject, "a").duration_ms, Some(90_000));
}
