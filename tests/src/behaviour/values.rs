//! Values that can be stored, and values that are refused.

use super::{DB, get, listed, record, start};
use crate::subject::Subject;
use execlog::{Error, ExecutionRecord, Outcome, StoredRun};

pub(super) fn any_text_comes_back_unchanged(subject: &dyn Subject) {
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

pub(super) fn a_long_argument_comes_back_whole(subject: &dyn Subject) {
    let args = ["x".repeat(200_000)];
    let started = subject.log().start_execution("a", "1.0.0", &args, None, DB);
    started.expect("the run starts");
    let finished = subject
        .log()
        .finish_execution("a", "success", None, 0, 0, 0);
    finished.expect("the run ends");
    assert_eq!(get(subject, "a").arguments().expect("a list"), args);
}

pub(super) fn numbers_at_their_limits_are_kept(subject: &dyn Subject) {
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
            duration_ms: None,
            symbols_indexed: i64::MAX,
            outcome: "running".to_owned(),
            ..record(id)
        };
        subject.log().log_execution(&given).expect("stored");
        assert_eq!(get(subject, id).symbols_indexed, i64::MAX);
        subject
            .log()
            .finish_execution(id, Outcome::Success, None, 0, 0, 0)
            .expect("the run ends");
        assert!(get(subject, id).duration_ms >= Some(0));
    }
    let longest = ExecutionRecord {
        finished_at: Some(i64::MAX),
        duration_ms: Some(i64::MAX),
        ..record("longest")
    };
    subject.log().log_execution(&longest).expect("stored");
    let kept = get(subject, "longest");
    assert_eq!(
        (kept.finished_at, kept.duration_ms),
        (longest.finished_at, longest.duration_ms)
    );
    assert_eq!(listed(subject, None), ["max", "longest", "a", "min"]);
}

pub(super) fn ids_that_cannot_be_told_apart_are_refused(subject: &dyn Subject) {
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

pub(super) fn ids_up_to_the_limit_and_with_separators_are_kept_apart(subject: &dyn Subject) {
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

pub(super) fn a_whole_record_is_stored_as_it_is(subject: &dyn Subject) {
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

pub(super) fn a_record_that_says_what_cannot_be_is_refused_and_not_imported(subject: &dyn Subject) {
    type Spoil = fn(&mut ExecutionRecord);
    let refused: [(&str, Spoil); 12] = [
        ("args", |run| run.args.clear()),
        ("args", |run| "index src".clone_into(&mut run.args)),
        ("args", |run| "[1]".clone_into(&mut run.args)),
        ("args", |run| r#"{"a":1}"#.clone_into(&mut run.args)),
        ("outcome", |run| "done".clone_into(&mut run.outcome)),
        ("outcome", |run| run.outcome.clear()),
        ("outcome", |run| "running".clone_into(&mut run.outcome)),
        ("outcome", |run| {
            "running".clone_into(&mut run.outcome);
            run.finished_at = None;
        }),
        ("duration_ms", |run| run.duration_ms = Some(-1)),
        ("files_indexed", |run| run.files_indexed = -1),
        ("symbols_indexed", |run| run.symbols_indexed = i64::MIN),
        ("references_indexed", |run| run.references_indexed = -1),
    ];
    for (wrong, spoil) in refused {
        let mut given = record("a");
        spoil(&mut given);
        let run = StoredRun {
            record: given.clone(),
            context: None,
        };
        let log = subject.log();
        let refusals = [
            log.log_execution(&given).map(drop),
            log.maintenance().import(&[run]).map(drop),
        ];
        for refusal in refusals {
            assert!(
                matches!(&refusal, Err(Error::InvalidRecord { field, .. }) if *field == wrong),
                "{wrong}: {refusal:?}"
            );
        }
    }
    assert_eq!(listed(subject, None), [""; 0]);
}
