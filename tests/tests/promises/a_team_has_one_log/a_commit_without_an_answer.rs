//! A connection is lost when a transaction is committed: what it does is then done once, whether the server
//! got the request or not, and the call reports success.

use super::{assert_sound, database, runs, team};
use execlog::clock::ManualClock;
use execlog::{ExecutionLog, Imported, Invocation, LocalLog, RunEntry, Shipping, StoredRun};
use execlog_tests::bounded::PATIENCE;
use execlog_tests::postgres::{Answers, Database, Lost, Proxy};
use execlog_tests::subject::START;
use std::time::Duration;

/// Calls `act` on a log, with what `prepare` has made, and loses the connection at each commit in turn. The log
/// has the same number of runs and seals then as without a loss.
fn check<P>(
    prepare: impl Fn(&LocalLog, &Database<'_>) -> P,
    act: impl Fn(&LocalLog, P),
    is_as_wanted: impl Fn(&[RunEntry]),
) {
    let mut expected = None;
    let losses = [Lost::Request, Lost::Answer].map(|lost| (0..).map(move |after| (lost, after)));
    for losses in losses {
        // More commits than a call has: the loss of the last does not happen.
        for (lost, after) in std::iter::once((Lost::Answer, 100)).chain(losses) {
            let Some(database) = database() else { return };
            let proxy = Proxy::before(&database);
            let log = ExecutionLog::open(proxy.url()).expect("a server");
            let log = log.with_busy_timeout(PATIENCE);
            let prepared = prepare(&log, &database);
            proxy.answer(Answers::LostCommit { after, lost });
            act(&log, prepared);
            let has_lost = proxy.has_lost_commit();
            proxy.answer(Answers::Prompt);

            let team = team(&database);
            let there = runs(&team);
            is_as_wanted(&there);
            assert_sound(&team);
            let seals = team.maintenance().verify().expect("verified").seals;
            let counted = (there.len(), seals);
            assert_eq!(
                *expected.get_or_insert(counted),
                counted,
                "{lost:?} {after}"
            );
            if !has_lost && after < 100 {
                assert!(after > 0, "no commit was lost");
                break;
            }
        }
    }
}

fn invocation() -> Invocation {
    Invocation::new(["index", "src"])
}

/// A run that has begun, by its id.
fn begun(log: &LocalLog) -> String {
    let run = log.begin(invocation());
    assert!(run.is_recorded());
    run.execution_id().to_owned()
}

#[test]
fn the_tables_a_start_and_an_end() {
    check(
        |_, _| (),
        |log, ()| {
            let run = log.begin(invocation());
            assert!(run.is_recorded());
            run.succeed();
        },
        |runs| assert_eq!(runs[0].record.outcome, "success"),
    );
}

#[test]
fn a_whole_run() {
    let record = execlog_tests::record("build-1");
    check(
        |_, _| (),
        |log, ()| assert!(log.log_execution(&record).expect("logged") > 0),
        |runs| assert_eq!(runs[0].record.execution_id, "build-1"),
    );
}

#[test]
fn an_import() {
    let other: LocalLog = ExecutionLog::in_memory().into();
    for _ in 0..3 {
        other.begin(invocation()).succeed();
    }
    let whole: Vec<StoredRun> = runs(&other).into_iter().map(StoredRun::from).collect();
    check(
        |log, _| {
            let known = log.maintenance().import(&whole[..1]);
            assert_eq!(known.expect("imported"), [Imported::Added]);
        },
        |log, ()| {
            let imported = log.maintenance().import(&whole).expect("imported");
            assert_eq!(
                imported,
                [Imported::Present, Imported::Added, Imported::Added]
            );
        },
        |runs| assert_eq!(runs.len(), 3),
    );
}

#[test]
fn settling() {
    check(
        |_, database| {
            let log = team(database).with_clock(ManualClock::at(START));
            std::mem::forget(log.begin(invocation()));
            database.sql("UPDATE execlog.execution_log SET heard_at_ms = heard_at_ms - 3600000");
        },
        |log, ()| {
            let settled = log.maintenance().settle_unknown(Duration::ZERO);
            assert_eq!(settled.expect("settled").len(), 1);
        },
        |runs| assert_eq!(runs[0].record.outcome, "error"),
    );
}

#[test]
fn a_pin() {
    check(
        |log, _| begun(log),
        |log, id| log.maintenance().pin(&id, "the release").expect("pinned"),
        |runs| {
            let context = runs[0].context.as_ref().expect("a context");
            assert_eq!(context.pin.as_deref(), Some("the release"));
        },
    );
}

#[test]
fn a_removal() {
    check(
        |log, _| begun(log),
        |log, id| {
            let removed = log.maintenance().remove(&[&id]).expect("removed");
            assert_eq!(removed, 1);
        },
        |runs| assert_eq!(runs.len(), 0),
    );
}

#[test]
fn a_shipment() {
    check(
        |_, _| {
            let log: LocalLog = ExecutionLog::in_memory().into();
            for _ in 0..3 {
                log.begin(invocation()).succeed();
            }
            std::mem::forget(log.begin(invocation()));
            log
        },
        |team, log| {
            let report = log.maintenance().ship(team, &Shipping::new());
            let report = report.expect("shipped");
            assert!(report.is_complete(), "{report:?}");
            assert_eq!((report.sent, report.seals), (4, 7), "{report:?}");
        },
        |runs| assert_eq!(runs.len(), 4),
    );
}
