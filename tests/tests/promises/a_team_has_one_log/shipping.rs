//! What is shipped, and when.

use super::{assert_sound, database, runs, team};
use execlog::clock::ManualClock;
use execlog::{
    ExecutionLog, Field, Invocation, LocalLog, Policy, RunSelector, ShipReport, Shipping, Status,
    StoredRun,
};
use execlog_tests::record;
use execlog_tests::subject::START;
use std::time::Duration;

pub(super) fn ship(log: &LocalLog, team: &LocalLog) -> ShipReport {
    let report = log.maintenance().ship(team, &Shipping::new());
    report.expect("shipped")
}

pub(super) fn in_memory() -> LocalLog {
    ExecutionLog::in_memory().into()
}

pub(super) fn invocation() -> Invocation {
    Invocation::new(["index", "src"]).label("branch", "main")
}

#[test]
fn runs_are_in_the_log_of_the_team_as_in_their_own_and_only_changes_are_sent_again() {
    let Some(database) = database() else { return };
    let (log, team) = (in_memory(), team(&database));
    log.begin(invocation()).succeed();
    log.begin(invocation()).fail_with("no such folder");
    log.log_execution(&record("whole\0id".replace('\0', "-").as_str()))
        .expect("logged");
    let report = ship(&log, &team);
    assert_eq!((report.sent, report.seals), (3, 5), "{report:?}");
    assert!(report.is_complete());
    assert_eq!(runs(&team), runs(&log));

    let again = ship(&log, &team);
    assert_eq!((again.sent, again.seals), (0, 0), "{again:?}");

    let id = log
        .find(RunSelector::number(1))
        .expect("read")
        .expect("a run");
    log.maintenance()
        .pin(&id.record.execution_id, "the release")
        .expect("pinned");
    log.begin(invocation()).partial("half");
    assert_eq!(ship(&log, &team).sent, 2);
    assert_eq!(runs(&team), runs(&log));
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (vec![], vec![]));
}

#[test]
fn a_run_is_running_until_its_log_says_how_it_ended() {
    let Some(database) = database() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log: LocalLog = ExecutionLog::new(folder.path().join("code.db")).into();
    let team = team(&database);
    let run = log.begin(invocation());
    let id = run.execution_id().to_owned();
    let status = |team: &LocalLog| {
        let found = team.find(RunSelector::id(&id).expect("an id"));
        found.expect("read").expect("a run")
    };
    ship(&log, &team);
    assert_eq!(status(&team).status(), Status::Running);

    database.sql("UPDATE execlog.execution_log SET heard_at_ms = heard_at_ms - 12 * 60000");
    let unheard = status(&team);
    assert_eq!(unheard.status(), Status::Unknown);
    let note = unheard.note().expect("a note");
    assert!(note.ends_with("last heard of 12 min ago"), "{note}");

    // Shipping renews the lease.
    ship(&log, &team);
    assert_eq!(status(&team).status(), Status::Running);

    // Its process dies: the lock file stays, and nobody holds it.
    std::mem::forget(run);
    let locks = folder.path().join("code.db.execlog");
    for lock in std::fs::read_dir(&locks).expect("locks") {
        let lock = lock.expect("a lock").path();
        if lock
            .extension()
            .is_some_and(|extension| extension == "lock")
        {
            let copy = lock.with_extension("copy");
            std::fs::copy(&lock, &copy).expect("copied");
            std::fs::rename(&copy, &lock).expect("replaced");
        }
    }
    ship(&log, &team);
    assert_eq!(status(&team).status(), Status::Crashed);
}

#[test]
fn a_run_that_the_team_has_removed_does_not_come_back() {
    let Some(database) = database() else { return };
    let (log, team) = (in_memory(), team(&database));
    log.begin(invocation()).succeed();
    log.begin(invocation()).succeed();
    ship(&log, &team);
    let plan = team
        .prune_plan(&Policy::new().keep_last(1))
        .expect("a plan");
    assert_eq!(plan.apply().expect("pruned").len(), 1);
    let oldest = log
        .find(RunSelector::number(1))
        .expect("read")
        .expect("a run");
    log.maintenance()
        .pin(&oldest.record.execution_id, "")
        .expect("pinned");
    ship(&log, &team);
    assert_eq!(runs(&team).len(), 1);
    let all = log.maintenance().ship(&team, &Shipping::new().all());
    assert_eq!(all.expect("shipped").sent, 0);
    assert_eq!(runs(&team).len(), 1);
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!(verified.findings, []);
}

#[test]
fn what_the_team_pins_and_settles_is_no_finding_and_stays_pinned() {
    let Some(database) = database() else { return };
    let (log, team) = (in_memory(), team(&database));
    let run = log.begin(invocation());
    let id = run.execution_id().to_owned();
    ship(&log, &team);
    team.maintenance().pin(&id, "look at it").expect("pinned");
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!(verified.findings, []);
    run.succeed();
    ship(&log, &team);
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!(verified.findings, []);
    let found = team
        .find(RunSelector::latest())
        .expect("read")
        .expect("a run");
    assert_eq!(found.status(), Status::Success);
    assert_eq!(
        found.context.and_then(|context| context.pin).as_deref(),
        Some("look at it")
    );
}

#[test]
fn a_run_that_the_team_has_settled_and_that_ends_is_as_its_last_seal_says() {
    let Some(database) = database() else { return };
    let team = team(&database);
    let clock = ManualClock::at(START);
    let log: LocalLog = ExecutionLog::in_memory().with_clock(clock).into();
    let run = log.begin(invocation());
    ship(&log, &team);
    database.sql("UPDATE execlog.execution_log SET heard_at_ms = 0");
    let settled = team.maintenance().settle_unknown(Duration::ZERO);
    assert_eq!(settled.expect("settled").len(), 1);
    run.succeed();
    ship(&log, &team);
    assert_eq!(runs(&team), runs(&log));
    assert_sound(&team);
    // An import compares the run with the newest of the seals that are exported with it.
    let seals: Result<Vec<_>, _> = team.maintenance().seals_after(0).collect();
    let run = team.find(RunSelector::latest());
    let run = StoredRun::from(run.expect("read").expect("a run"));
    let as_sealed: Vec<_> = seals
        .expect("seals")
        .iter()
        .map(|seal| seal.is_of(Some(&run)))
        .collect();
    assert_eq!(as_sealed, [false, true]);
}

#[test]
fn a_run_that_the_team_has_pinned_and_that_ends_is_as_its_last_seal_says() {
    let Some(database) = database() else { return };
    let (log, team) = (in_memory(), team(&database));
    let begun: Vec<_> = (0..2).map(|_| log.begin(invocation())).collect();
    ship(&log, &team);
    for run in &begun {
        team.maintenance()
            .pin(run.execution_id(), "")
            .expect("pinned");
    }
    let unpinned = begun[0].execution_id().to_owned();
    team.maintenance().unpin(&unpinned).expect("unpinned");
    let pinned = begun[1].execution_id().to_owned();
    log.maintenance().pin(&pinned, "").expect("pinned");
    begun.into_iter().for_each(execlog::Run::succeed);
    ship(&log, &team);
    assert_eq!(runs(&team), runs(&log));
    assert_sound(&team);
    let seals: Result<Vec<_>, _> = team.maintenance().seals_after(0).collect();
    let seals = seals.expect("seals");
    for run in team.runs() {
        let run = StoredRun::from(run.expect("a run"));
        let newest = seals.iter().rfind(|seal| seal.run == run.record.id);
        assert!(newest.expect("a seal").is_of(Some(&run)), "{seals:?}");
    }
}

#[test]
fn a_changed_run_is_found_in_the_log_of_the_team_by_the_seal_of_its_own_log() {
    let Some(database) = database() else { return };
    let (log, team) = (in_memory(), team(&database));
    log.begin(invocation()).succeed();
    ship(&log, &team);
    database.sql("UPDATE execlog.execution_log SET files_indexed = 7");
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!(verified.findings.len(), 1, "{verified:?}");
    let key = &verified.findings[0].key;
    assert!(key.starts_with("log `") && key.ends_with("run 1"), "{key}");
    team.maintenance().accept_loss().expect("accepted");
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!(verified.findings, []);
}

#[test]
fn two_logs_with_a_run_of_one_id_are_told_apart() {
    let Some(database) = database() else { return };
    let team = team(&database);
    let (one, other) = (in_memory(), in_memory());
    for (log, version) in [(&one, "1"), (&other, "2")] {
        let run = Invocation::new(["index"])
            .execution_id("build-1".parse().expect("an id"))
            .tool_version(version);
        log.begin(run).succeed();
        log.begin(invocation()).succeed();
    }
    assert!(ship(&one, &team).is_complete());
    let report = ship(&other, &team);
    assert_eq!(
        (report.sent, report.left_behind.len()),
        (1, 1),
        "{report:?}"
    );
    assert_eq!(report.left_behind[0].run, "build-1");
    assert!(report.left_behind[0].is_final, "it is offered once");
    assert!(ship(&other, &team).is_complete());
    assert_eq!(runs(&team).len(), 3);
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.seals), (vec![], 8));
}

#[test]
fn runs_that_were_imported_from_the_team_are_not_there_twice() {
    let Some(database) = database() else { return };
    let (log, copy, team) = (in_memory(), in_memory(), team(&database));
    log.begin(invocation()).succeed();
    ship(&log, &team);
    let shipped: Result<Vec<_>, _> = team.runs().into_iter().collect();
    let shipped = shipped.expect("runs").into_iter().map(StoredRun::from);
    let imported = copy.maintenance().import(&shipped.collect::<Vec<_>>());
    imported.expect("imported");
    copy.begin(invocation()).succeed();
    assert!(ship(&copy, &team).is_complete());
    assert_eq!(runs(&team).len(), 2);
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (vec![], vec![]));
}

#[test]
fn a_context_that_its_run_has_left_behind_gives_way_to_that_of_the_run() {
    let Some(database) = database() else { return };
    let (log, team) = (in_memory(), team(&database));
    log.begin(invocation()).succeed();
    ship(&log, &team);
    database.sql("DELETE FROM execlog.execution_log");
    database.sql("DELETE FROM execlog.execlog_seal WHERE log > 1");
    database.sql("DELETE FROM execlog.execlog_journal WHERE log > 1");
    let report = ship(&log, &team);
    assert_eq!((report.sent, report.is_complete()), (1, true), "{report:?}");
    assert_eq!(runs(&team), runs(&log));
}

#[test]
fn a_parcel_of_which_a_part_has_arrived_is_sent_again() {
    let Some(database) = database() else { return };
    let (log, team) = (in_memory(), team(&database));
    for _ in 0..4 {
        log.begin(invocation()).succeed();
    }
    team.ensure_schema().expect("created");
    database.sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF NEW.number = 1 THEN RAISE 'not this one'; END IF; \
         IF NEW.number = 4 THEN RAISE 'no space' USING ERRCODE = '53100'; END IF; \
         RETURN NEW; END $$; \
         CREATE TRIGGER refuse BEFORE INSERT ON execlog.execution_log \
         FOR EACH ROW EXECUTE FUNCTION refuse()",
    );
    let hurried = Shipping::new().time_limit(Duration::from_millis(300));
    let failed = log.maintenance().ship(&team, &hurried);
    assert!(failed.is_err(), "{failed:?}");
    database.sql("DROP TRIGGER refuse ON execlog.execution_log");
    assert!(ship(&log, &team).is_complete());
    assert_eq!(runs(&team), runs(&log));
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (vec![], vec![]));
}

#[test]
fn fields_that_are_left_out_are_not_there_and_no_finding() {
    let Some(database) = database() else { return };
    let (log, team) = (in_memory(), team(&database));
    log.begin(invocation()).fail_with("secret words");
    let shipping = Shipping::new().without(Field::Args).without(Field::Error);
    log.maintenance().ship(&team, &shipping).expect("shipped");
    let found = team
        .find(RunSelector::latest())
        .expect("read")
        .expect("a run");
    assert_eq!(found.record.args, r#"["index"]"#);
    assert_eq!(found.record.error_message, None);
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!(verified.findings, []);
}

#[test]
fn pruning_keeps_what_is_not_shipped() {
    let Some(database) = database() else { return };
    let team = team(&database);
    let log: LocalLog = ExecutionLog::in_memory()
        .with_clock(ManualClock::at(START))
        .into();
    log.begin(invocation()).succeed();
    let policy = Policy::new()
        .keep_last(0)
        .keep_unshipped(Duration::from_secs(60));
    let planned = |log: &LocalLog| log.prune_plan(&policy).expect("a plan").removed.len();
    assert_eq!(planned(&log), 0);
    ship(&log, &team);
    assert_eq!(planned(&log), 1);
    log.begin(invocation()).succeed();
    assert_eq!(planned(&log), 1);
}

#[test]
fn a_copy_of_a_log_that_has_gone_its_own_way_is_a_log_of_its_own() {
    let Some(database) = database() else { return };
    let team = team(&database);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = |name: &str| -> LocalLog { ExecutionLog::new(folder.path().join(name)).into() };
    let first = open("first.db");
    for _ in 0..3 {
        first.begin(invocation()).succeed();
    }
    ship(&first, &team);
    let checkpoint = |log: &LocalLog| log.maintenance().checkpoint().expect("read");
    let before = checkpoint(&first);
    rusqlite::Connection::open(folder.path().join("first.db"))
        .and_then(|connection| {
            let copy = folder.path().join("second.db");
            connection.execute("VACUUM INTO ?1", [copy.to_string_lossy()])
        })
        .expect("copied");
    let second = open("second.db");
    assert_eq!(checkpoint(&second), before);
    for _ in 0..2 {
        first.begin(invocation()).succeed();
        second.begin(invocation()).partial("of the copy");
    }
    assert_eq!(ship(&first, &team).sent, 2);
    let report = ship(&second, &team);
    assert_eq!((report.sent, report.left_behind), (2, vec![]));
    assert_eq!(ship(&second, &team).sent, 0);
    second.begin(invocation()).succeed();
    assert_eq!(ship(&second, &team).sent, 1);
    assert_eq!(runs(&team).len(), 3 + 2 + 3);
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (vec![], vec![]));
}

#[test]
fn every_kind_of_log_is_shipped() {
    let Some(database) = database() else { return };
    let team = team(&database);
    let mut sent = 0;
    for (kind, make) in execlog_tests::subject::held() {
        if kind == "postgres" {
            // Its own log is one of the server already.
            continue;
        }
        let subject = make();
        for nth in 0..3 {
            let run = subject.log().begin(invocation().tool_version(&kind));
            if nth == 0 {
                run.fail_with("no such folder");
            } else {
                run.succeed();
            }
        }
        let first = ship(&subject.log(), &team);
        assert_eq!((first.sent, first.left_behind), (3, vec![]), "{kind}");
        subject
            .log()
            .begin(invocation().tool_version(&kind))
            .succeed();
        assert_eq!(ship(&subject.log(), &team).sent, 1, "{kind}");
        assert_eq!(ship(&subject.log(), &team).sent, 0, "{kind}");
        sent += 4;
        let there = team.runs().tool_version(&kind);
        let there: Vec<_> = there.into_iter().map(|run| run.expect("a run")).collect();
        assert_eq!(there.len(), 4, "{kind}");
        let here = subject.log();
        for mut run in there {
            let id = RunSelector::id(&run.record.execution_id).expect("an id");
            let own = here.find(id).expect("read").expect("a run");
            run.record.id = own.record.id;
            assert_eq!(run, own, "{kind}");
        }
    }
    let verified = team.maintenance().verify().expect("verified");
    assert_eq!((verified.runs, verified.findings), (sent, vec![]));
}
