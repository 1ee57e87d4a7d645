//! What is done properly, and what magellan does, raises no alarm.

use super::{execute, fill, findings, seals_after};
use execlog::clock::ManualClock;
use execlog::kv::{KvStore, MemoryKv};
use execlog::{Checkpoint, ExecutionLog, Imported, Invocation, Policy, StoredRun};
use rusqlite::Connection;

const BY_MAGELLAN: &str = "INSERT INTO execution_log (execution_id, tool_version, args, db_path, \
     started_at, outcome) VALUES ('6b03270d-7759', '4.17.0', '[\"index\"]', 'code.db', 1795368717, 'running')";
const ENDED_BY_MAGELLAN: &str = "UPDATE execution_log SET outcome = 'success', finished_at = 1795368719, \
     duration_ms = 2438, files_indexed = 7 WHERE execution_id = '6b03270d-7759'";

#[test]
fn runs_of_magellan_are_adopted_and_their_ends_are_no_alarm() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    let log = ExecutionLog::new(&file);
    log.ensure_schema().expect("made");
    let connection = Connection::open(&file).expect("opens");
    execute(&connection, BY_MAGELLAN);
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!(
        (verified.findings, verified.unsealed),
        (Vec::new(), vec![1])
    );

    log.begin(Invocation::new(["index"])).succeed();
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (Vec::new(), vec![]));

    execute(&connection, ENDED_BY_MAGELLAN);
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!(
        (verified.findings, verified.unsealed),
        (Vec::new(), vec![1])
    );
    log.maintenance().reindex().expect("reindexed");
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (Vec::new(), vec![]));

    execute(
        &connection,
        "UPDATE execution_log SET files_indexed = 8 WHERE id = 1",
    );
    assert_eq!(findings(&log).len(), 1, "what was adopted is sealed");
}

#[test]
fn the_newest_runs_of_a_log_from_before_seals_are_adopted_at_once_and_the_others_by_a_repair() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    let store = MemoryKv::default();
    let opens: [&dyn Fn() -> ExecutionLog; 2] = [&|| ExecutionLog::new(&file), &|| {
        ExecutionLog::from_kv_store(store.clone())
    }];
    for open in opens {
        let unsealed = || {
            let verified = open().maintenance().verify().expect("verified");
            assert_eq!(verified.findings, []);
            verified.unsealed.len()
        };
        let without = open().without_seals();
        for number in 0..1017 {
            let record = execlog_tests::record(&number.to_string());
            without.log_execution(&record).expect("logged");
        }
        assert_eq!(unsealed(), 1017);
        open().begin(Invocation::new(["index"])).succeed();
        // In a key-value store the new run has its number already.
        let left = unsealed();
        assert!((17..=18).contains(&left), "{left}");
        open().begin(Invocation::new(["index"])).succeed();
        assert_eq!(unsealed(), left);
        open().maintenance().reindex().expect("reindexed");
        assert_eq!(unsealed(), 0);
    }
}

#[test]
fn pruning_drops_old_seals_of_a_long_log_in_sqlite() {
    let log = ExecutionLog::in_memory();
    let run = || log.begin(Invocation::new(["index"])).succeed();
    for _ in 0..5500 {
        run();
    }
    let old = log
        .maintenance()
        .checkpoint()
        .expect("read")
        .expect("seals");
    let prune = || {
        let plan = log.prune_plan(&Policy::new().keep_last(10));
        plan.and_then(execlog::PrunePlan::apply).expect("pruned");
    };
    prune();
    run();
    let newer = log
        .maintenance()
        .checkpoint()
        .expect("read")
        .expect("seals");
    prune();
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (Vec::new(), vec![]));
    let kept = seals_after(&log, 0).expect("read");
    let last = kept.last().expect("a seal").sequence;
    assert_eq!(last, verified.seals);
    // 11,002 seals of runs, and 5,491 of removals.
    assert_eq!((kept.len(), last), (10_000, 16_493));
    let found = |checkpoint: &Checkpoint| {
        let verified = log.maintenance().verify_against(checkpoint);
        verified.expect("verified").findings
    };
    assert_eq!(found(&newer), []);
    assert_eq!(found(&old), []);
    let mut dropped = old.clone();
    dropped.size = kept[0].sequence - 2;
    assert!(found(&dropped)[0].problem.contains("pruning has dropped"));
}

#[test]
fn runs_of_others_between_our_own_are_adopted_by_a_new_process_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    for number in 0..5 {
        let log = ExecutionLog::new(&file);
        log.begin(Invocation::new(["index"])).succeed();
        let without = ExecutionLog::new(&file).without_seals();
        let record = execlog_tests::record(&number.to_string());
        without.log_execution(&record).expect("logged");
    }
    let log = ExecutionLog::new(&file);
    log.begin(Invocation::new(["index"])).succeed();
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (Vec::new(), vec![]));
}

#[test]
fn pruning_settling_and_merging_imports_raise_no_alarm() {
    let clock = ManualClock::at(1_795_368_717);
    let [one, other] = [ExecutionLog::in_memory(), ExecutionLog::in_memory()];
    let logs = [
        one.with_clock(clock.clone()),
        other.with_clock(clock.clone()),
        ExecutionLog::from_kv_store(MemoryKv::default()).with_clock(clock.clone()),
    ];
    for log in &logs {
        fill(log, &clock);
    }
    for (from, to) in [(0, 1), (0, 2), (1, 0), (2, 1), (1, 2)] {
        let runs = logs[from].runs().oldest_first().into_iter();
        let runs: Vec<StoredRun> = runs
            .map(|run| run.map(StoredRun::from))
            .collect::<Result<_, _>>()
            .expect("reads");
        let imported = logs[to].maintenance().import(&runs).expect("imported");
        assert_eq!(imported.len(), runs.len());
        assert!(from == 1 || imported.contains(&Imported::Added));
        assert_eq!(findings(&logs[to]), [], "{from} to {to}");
    }
    for log in &logs {
        log.maintenance().settle().expect("settled");
        log.prune_plan(&Policy::new().keep_last(3))
            .and_then(execlog::PrunePlan::apply)
            .expect("pruned");
        let verified = log.maintenance().verify().expect("verified");
        assert_eq!((verified.findings, verified.unsealed), (Vec::new(), vec![]));
    }
}

#[test]
fn pruning_drops_old_seals_and_checkpoints_of_what_is_left_still_hold() {
    let log = ExecutionLog::from_kv_store(MemoryKv::default());
    let mut checkpoints = Vec::new();
    for _ in 0..12 {
        for run in 0..40 {
            log.begin(Invocation::new(["index"])).succeed();
            if run % 10 == 0 {
                let checkpoint = log.maintenance().checkpoint().expect("read");
                checkpoints.push(checkpoint.expect("there are seals"));
            }
        }
        log.prune_plan(&Policy::new().keep_last(10))
            .and_then(execlog::PrunePlan::apply)
            .expect("pruned");
        let checkpoint = log.maintenance().checkpoint().expect("read");
        checkpoints.push(checkpoint.expect("there are seals"));
    }
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (Vec::new(), vec![]));
    let seals = seals_after(&log, 0).expect("read");
    assert!(seals.len() < 400, "{} of {}", seals.len(), verified.seals);
    let dropped = seals[0].sequence - 1;
    for checkpoint in &checkpoints {
        let verified = log.maintenance().verify_against(checkpoint);
        let found = verified.expect("verified").findings;
        if checkpoint.size >= dropped {
            assert_eq!(found, [], "{}", checkpoint.size);
        } else {
            assert!(
                found[0].problem.contains("pruning has dropped"),
                "{found:?}"
            );
        }
    }
    assert!(checkpoints.iter().any(|one| one.size < dropped));
    assert!(checkpoints.iter().filter(|one| one.size >= dropped).count() > 1);
}

#[test]
fn a_log_of_an_early_magellan_in_a_graph_is_not_sealed_and_not_alarming() {
    let store = MemoryKv::default();
    let mut record = execlog_tests::record("6b03270d-7759");
    record.id = record.started_at;
    let json = serde_json::to_vec(&record).expect("JSON");
    store.set(b"execlog:6b03270d-7759", &json).expect("written");
    let log = ExecutionLog::from_kv_store(store);
    log.begin(Invocation::new(["index"])).succeed();
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!(
        (verified.findings, verified.unsealed),
        (Vec::new(), vec![1])
    );
}
