//! Listing runs and their order.

use super::{ids, listed, record, start};
use crate::subject::Subject;
use execlog::ExecutionRecord;

pub(super) fn an_empty_log_reads_as_empty(subject: &dyn Subject) {
    assert_eq!(subject.log().get_by_id("a").expect("reads"), None);
    assert_eq!(subject.log().get_by_execution_id("a").expect("reads"), None);
    assert_eq!(subject.log().get_recent(5).expect("reads"), []);
    assert_eq!(subject.log().list_all(None).expect("reads"), []);
    assert!(subject.log().list_results(None).expect("reads").is_empty());
}

pub(super) fn newest_runs_come_first(subject: &dyn Subject) {
    for (id, at) in [("c", 300), ("a", 100), ("e", 500), ("b", 200), ("d", 400)] {
        subject.clock().set(at);
        start(&subject.log(), id);
    }
    assert_eq!(listed(subject, None), ["e", "d", "c", "b", "a"]);
    let recent = subject.log().get_recent(3).expect("the log reads");
    assert_eq!(ids(&recent), ["e", "d", "c"]);
}

pub(super) fn runs_of_the_same_second_come_newest_first(subject: &dyn Subject) {
    for id in ["c", "e", "a", "d", "b"] {
        start(&subject.log(), id);
    }
    assert_eq!(listed(subject, None), ["b", "d", "a", "e", "c"]);
    assert_eq!(listed(subject, Some(2)), ["b", "d"]);
}

pub(super) fn a_limit_is_kept(subject: &dyn Subject) {
    for id in ["a", "b", "c"] {
        start(&subject.log(), id);
    }
    assert_eq!(listed(subject, Some(0)), [""; 0]);
    assert_eq!(listed(subject, Some(2)), ["c", "b"]);
    assert_eq!(listed(subject, Some(3)).len(), 3);
    assert_eq!(listed(subject, Some(usize::MAX)).len(), 3);
}

pub(super) fn listing_gives_each_run_its_own_result(subject: &dyn Subject) {
    for id in ["a", "b"] {
        start(&subject.log(), id);
    }
    let results = subject.log().list_results(Some(1)).expect("the log reads");
    let records: Vec<_> = results.into_iter().map(|one| one.expect("reads")).collect();
    assert_eq!(ids(&records), ["b"]);
}

pub(super) fn the_newest_are_found_whatever_order_runs_are_logged_in(subject: &dyn Subject) {
    // A clock that was years ahead for a while, runs logged afterwards, and many runs in one second.
    let mut started: Vec<i64> = (0..75).map(|run| (run * 37) % 40).collect();
    started[20] = 4_000_000_000;
    started[63] = -5;
    let mut expected = Vec::new();
    for (number, started_at) in (1_i64..).zip(started) {
        let id = number.to_string();
        let logged = subject.log().log_execution(&ExecutionRecord {
            started_at,
            ..record(&id)
        });
        assert_eq!(logged.expect("stored"), number);
        expected.push((started_at, number));
    }
    expected.sort_unstable();
    expected.reverse();
    let expected: Vec<_> = expected.iter().map(|(_, id)| id.to_string()).collect();
    for limit in [1, 2, 20, 74, 75, 76] {
        let newest = listed(subject, Some(limit));
        assert_eq!(newest, expected[..limit.min(75)], "the newest {limit}");
    }
    assert_eq!(listed(subject, None), expected);
}

pub(super) fn an_index_that_is_right_is_left_alone(subject: &dyn Subject) {
    for expected in [0, 1, 2, 3] {
        let found = subject
            .log()
            .maintenance()
            .reindex()
            .expect("the log reads");
        assert!(found.was_right, "{found:?}");
        let numbers = (found.runs, found.added, found.removed);
        assert_eq!(numbers, (expected, 0, 0));
        start(&subject.log(), &format!("run-{expected}"));
    }
    assert_eq!(listed(subject, Some(2)), ["run-3", "run-2"]);
}
