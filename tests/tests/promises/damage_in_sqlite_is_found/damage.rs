//! Every damage that is found, and what mends it.

use super::{filled, findings};
use execlog::{Finding, Repair};

/// The key of a finding, how its problem begins, and what mends it.
type Found = (&'static str, &'static str, Repair);

/// Damages a log, and checks what is found before it is reindexed and what after.
fn check(damage: &str, expected: &[Found]) {
    let (_folder, connection, log) = filled();
    assert_eq!(findings(&log), [], "it is well before");
    connection.execute_batch(damage).expect("damaged");
    let is_right = |found: &[Finding], expected: &[&Found]| {
        let is_same = |(found, expected): (&Finding, &&Found)| {
            let (key, problem, mending) = **expected;
            found.key == key && found.problem.starts_with(problem) && found.repair == mending
        };
        found.len() == expected.len() && found.iter().zip(expected).all(is_same)
    };
    let found = findings(&log);
    let all: Vec<_> = expected.iter().collect();
    assert!(is_right(&found, &all), "{damage}: {found:#?}");

    log.maintenance().reindex().expect("reindexed");
    let found = findings(&log);
    let by_hand = expected
        .iter()
        .filter(|(_, _, mending)| *mending == Repair::ByHand);
    let by_hand: Vec<_> = by_hand.collect();
    assert!(is_right(&found, &by_hand), "{damage}, after: {found:#?}");
}

#[test]
fn an_index_of_the_same_name_that_is_another_is_found_and_made_anew() {
    const STARTED_AT: Found = (
        "idx_execution_log_started_at",
        "this index is not the expected one on `started_at`",
        Repair::Reindex,
    );
    for instead in [
        "(outcome)",
        "(started_at)",
        "(started_at DESC, outcome)",
        "(started_at DESC) WHERE outcome = 'error'",
        "(started_at COLLATE NOCASE DESC)",
        "(abs(started_at) DESC)",
    ] {
        let damage = format!(
            "DROP INDEX idx_execution_log_started_at; \
             CREATE INDEX idx_execution_log_started_at ON execution_log {instead}"
        );
        check(&damage, &[STARTED_AT]);
    }
    let damage = "DROP INDEX idx_execution_log_started_at; \
         CREATE UNIQUE INDEX idx_execution_log_started_at ON execution_log (started_at DESC)";
    check(damage, &[STARTED_AT]);
}

#[test]
fn an_index_is_missing_only_if_none_has_its_columns() {
    check(
        "DROP INDEX idx_execution_log_outcome; \
         CREATE INDEX another ON execution_log(outcome)",
        &[],
    );
    check(
        "DROP INDEX idx_execution_log_started_at; \
         CREATE INDEX another ON execution_log(started_at)",
        &[],
    );
    // The unique index of the column is one.
    check("DROP INDEX idx_execution_log_execution_id", &[]);
    check(
        "DROP INDEX idx_execution_log_outcome",
        &[(
            "idx_execution_log_outcome",
            "the index on `outcome` is missing",
            Repair::Reindex,
        )],
    );
}

#[test]
fn an_index_is_not_made_where_a_host_has_its_name() {
    check(
        "CREATE TABLE host (a); DROP INDEX idx_execution_log_outcome; \
         CREATE INDEX idx_execution_log_outcome ON host(a)",
        &[(
            "idx_execution_log_outcome",
            "the index on `outcome` is missing, and its name is taken by the index of `host`",
            Repair::ByHand,
        )],
    );
}

#[test]
fn a_last_number_that_is_wrong_is_found_and_set() {
    for (damage, problem) in [
        (
            "UPDATE sqlite_sequence SET seq = 3",
            "the last number given is stored as 3, but a run has number 5",
        ),
        (
            "DELETE FROM sqlite_sequence",
            "the last number given is not stored, but a run has number 5",
        ),
        (
            "UPDATE sqlite_sequence SET seq = 'x'",
            "the last number given is not an integer",
        ),
        (
            "UPDATE sqlite_sequence SET seq = 9223372036854775807",
            "the last number given is stored as 9223372036854775807",
        ),
    ] {
        check(damage, &[("sqlite_sequence", problem, Repair::Reindex)]);
    }
    // Runs that were removed have taken their numbers with them.
    check("UPDATE sqlite_sequence SET seq = 9", &[]);
}

#[test]
fn a_trigger_on_a_table_of_the_log_is_found() {
    const PROBLEM: &str = "the trigger can change or refuse logged runs";
    check(
        "CREATE TRIGGER first BEFORE INSERT ON execution_log BEGIN SELECT 1; END; \
         CREATE TRIGGER second AFTER UPDATE ON execlog_context BEGIN SELECT 1; END; \
         CREATE TABLE host (a); \
         CREATE TRIGGER third AFTER INSERT ON host BEGIN SELECT 1; END;",
        &[
            ("trigger `first` on execution_log", PROBLEM, Repair::ByHand),
            (
                "trigger `second` on execlog_context",
                PROBLEM,
                Repair::ByHand,
            ),
        ],
    );
}

#[test]
fn a_context_that_says_what_cannot_be_is_found() {
    check(
        "UPDATE execution_log SET outcome = 'running', finished_at = NULL, duration_ms = NULL \
         WHERE id = 2; \
         UPDATE execlog_context SET ended_at_ms = started_at_ms - 1 WHERE execution_id = 'c'",
        &[
            (
                "execlog_context of `b`",
                "the context has an end, but its run is `running`",
                Repair::ByHand,
            ),
            (
                "execlog_context of `c`",
                "the run ended at millisecond 1795368836999, before its start",
                Repair::ByHand,
            ),
        ],
    );
}
