//! A run that stays behind is named each time, is kept by pruning, and is sent once it can be.

use super::shipping::{in_memory, invocation, ship};
use super::{assert_sound, database, runs, team};
use execlog::clock::ManualClock;
use execlog::{ExecutionLog, LocalLog, Policy, Shipping};
use execlog_tests::subject::START;
use std::time::Duration;

#[test]
fn a_run_that_a_constraint_forbids() {
    let Some(database) = database() else { return };
    let team = team(&database);
    let clock = ManualClock::at(START);
    let log: LocalLog = ExecutionLog::in_memory().with_clock(clock).into();
    for _ in 0..3 {
        log.begin(invocation()).succeed();
    }
    team.ensure_schema().expect("created");
    database.sql("ALTER TABLE execlog.execution_log ADD CONSTRAINT not_this CHECK (number <> 2)");
    for sent in [2, 0, 0] {
        let report = ship(&log, &team);
        let [left] = &report.left_behind[..] else {
            panic!("{report:?}");
        };
        assert_eq!(report.sent, sent, "{report:?}");
        assert!(left.reason.contains("not_this"), "{left:?}");
        assert!(!left.reason.contains("src"), "a row is private: {left:?}");
    }
    let all = Policy::new()
        .keep_last(0)
        .keep_unshipped(Duration::from_secs(60));
    let plan = log.prune_plan(&all).expect("a plan");
    assert!(
        plan.removed.iter().all(|run| run.record.id != 2),
        "{plan:?}"
    );

    database.sql("ALTER TABLE execlog.execution_log DROP CONSTRAINT not_this");
    let report = ship(&log, &team);
    assert_eq!((report.sent, report.is_complete()), (1, true), "{report:?}");
    assert_eq!(runs(&team), runs(&log));
    assert_sound(&team);
    assert_eq!(ship(&log, &team).sent, 0);
    assert_eq!(log.prune_plan(&all).expect("a plan").removed.len(), 3);
}

#[test]
fn a_run_that_cannot_be_read() {
    let Some(database) = database() else { return };
    let team = team(&database);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("code.db");
    let log: LocalLog = ExecutionLog::new(&file).into();
    for _ in 0..3 {
        log.begin(invocation()).succeed();
    }
    let change = |sql: &str| {
        let connection = rusqlite::Connection::open(&file).expect("opened");
        connection.execute(sql, []).expect("changed");
    };
    change("UPDATE execution_log SET outcome = CAST(outcome AS BLOB) WHERE id = 2");
    for sent in [2, 0] {
        let report = ship(&log, &team);
        assert_eq!(
            (report.sent, report.left_behind.len()),
            (sent, 1),
            "{report:?}"
        );
    }
    change("UPDATE execution_log SET outcome = CAST(outcome AS TEXT) WHERE id = 2");
    let report = ship(&log, &team);
    assert_eq!((report.sent, report.is_complete()), (1, true), "{report:?}");
    assert_eq!(runs(&team), runs(&log));
    assert_sound(&team);
}

#[test]
fn runs_that_the_server_has_lost_are_sent_with_the_whole_log() {
    let Some(database) = database() else { return };
    let (log, team) = (in_memory(), team(&database));
    for _ in 0..3 {
        log.begin(invocation()).succeed();
    }
    ship(&log, &team);
    database.sql("DELETE FROM execlog.execution_log WHERE number = 2");
    assert_eq!(ship(&log, &team).sent, 0);
    let all = log.maintenance().ship(&team, &Shipping::new().all());
    let all = all.expect("shipped");
    assert_eq!((all.sent, all.is_complete()), (1, true), "{all:?}");
    assert_eq!(runs(&team), runs(&log));
    assert_sound(&team);
}
