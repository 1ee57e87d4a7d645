//! A process that is killed at any write raises no alarm.

use execlog::kv::MemoryKv;
use execlog::{ExecutionLog, Invocation, LocalLog, Policy, Repair, RunSelector};
use execlog_tests::dying::Dying;

/// A store with three runs and their seals, of which the second is pinned.
fn filled() -> MemoryKv {
    let store = MemoryKv::default();
    let log = ExecutionLog::from_local_kv_store(store.clone());
    for id in ["a", "b", "c"] {
        begin(&log, id).succeed();
    }
    log.maintenance().pin("b", "release").expect("pinned");
    store
}

fn begin(log: &LocalLog, id: &str) -> execlog::Run<execlog::OneThread> {
    log.begin(Invocation::new(["index"]).execution_id(id.parse().expect("an id")))
}

type Work = fn(&LocalLog);

/// What a process does until it dies.
const WORK: [(&str, Work); 7] = [
    ("a run", |log| begin(log, "d").succeed()),
    ("a run with details", |log| {
        let run = begin(log, "d");
        run.counters().add("chunks", 12);
        run.label("team", "search");
        drop(run.phase("parse"));
        run.succeed();
    }),
    ("a whole record", |log| {
        let _ = log.log_execution(&execlog_tests::record("e"));
    }),
    ("pins", |log| {
        let _ = log.maintenance().pin("a", "one");
        let _ = log.maintenance().pin("b", "another note");
        let _ = log.maintenance().unpin("b");
    }),
    ("removing", |log| {
        let _ = log.maintenance().remove(&["a", "c"]);
    }),
    ("pruning", |log| {
        let plan = log.prune_plan(&Policy::new().keep_last(0));
        let _ = plan.and_then(execlog::PrunePlan::apply);
    }),
    ("importing", |log| {
        let other = ExecutionLog::from_local_kv_store(filled());
        begin(&other, "f").succeed();
        let run = other.find(RunSelector::latest()).expect("reads");
        let run = run.expect("a run").into();
        let _ = log.maintenance().import(&[run]);
    }),
];

fn is_well(log: &LocalLog, what: &str) {
    let verified = log.maintenance().verify().expect("verified");
    // An index entry of a run that was not written, or is removed already, is repaired by the next writer.
    let alarms = verified.findings.iter();
    let alarms = alarms.filter(|found| matches!(found.repair, Repair::Accept | Repair::ByHand));
    assert_eq!(alarms.count(), 0, "{what}: {verified:?}");
}

#[test]
fn a_process_that_dies_at_any_write_raises_no_alarm_before_the_next_writer_or_after() {
    for (what, work) in WORK {
        let mut deaths = 0;
        for writes in 0.. {
            let store = filled();
            let dying = Dying::after(writes, store.clone());
            let is_dead = dying.is_dead();
            work(&ExecutionLog::from_local_kv_store(dying));
            let what = format!("{what}, killed after {writes} writes");
            is_well(&ExecutionLog::from_local_kv_store(store.clone()), &what);
            let next = ExecutionLog::from_local_kv_store(store.clone());
            begin(&next, "next").succeed();
            is_well(&next, &format!("{what}, and after the next run"));
            next.maintenance().pin("next", "").expect("pinned");
            is_well(&next, &format!("{what}, and after that was pinned"));

            if !is_dead.get() {
                break;
            }
            deaths += 1;
        }
        assert!(deaths > 2, "{what}");
    }
}
