//! Finding runs, singly and by filters.

use super::runs::{find, invocation};
use super::{DB, ids, listed, start};
use crate::subject::{START, Subject};
use execlog::{Error, Invocation, OneThread, Outcome, RunSelector, Status};
use std::time::{Duration, SystemTime};

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
        "`0199a` is a prefix of 2 ids: `0199ab-1`, `0199ab-2`; give a longer prefix"
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

pub(super) fn labels_with_any_name_are_found(subject: &dyn Subject) {
    let log = subject.log();
    for name in ["team", "a\"b", "a\\b", "ä b"] {
        log.begin(Invocation::new(["index"]).label(name, "1"))
            .succeed();
        assert_eq!(log.runs().label(name, "1").into_iter().count(), 1, "{name}");
        assert_eq!(log.runs().label(name, "2").into_iter().count(), 0, "{name}");
    }
}
