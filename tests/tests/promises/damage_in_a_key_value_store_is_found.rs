//! What verifying finds in a damaged key-value store, and what reindexing mends of it.

use execlog::kv::{KvStore, MemoryKv};
use execlog::{
    ExecutionContext, ExecutionLog, ExecutionRecord, Invocation, KvRecord, Repair, Threads,
};
use execlog_tests::record;

const IDS: [&str; 5] = ["a", "b", "c", "d", "e"];

fn filled() -> (MemoryKv, ExecutionLog) {
    let store = MemoryKv::default();
    // Seals find most of this, too, and have tests of their own.
    let log = ExecutionLog::from_kv_store(store.clone()).without_seals();
    for id in IDS {
        let invocation = Invocation::new(["index"]).execution_id(id.parse().expect("an id"));
        log.begin(invocation).succeed();
    }
    (store, log)
}

/// The keys of what is found, and whether it can be mended.
fn found<T: Threads>(log: &ExecutionLog<T>) -> Vec<(String, bool)> {
    let findings = log
        .maintenance()
        .verify()
        .expect("verified")
        .findings
        .into_iter();
    findings
        .map(|finding| (finding.key, finding.repair != Repair::ByHand))
        .collect()
}

fn set(store: &MemoryKv, key: &str, value: &str) {
    store.set(key.as_bytes(), value.as_bytes()).expect("set");
}

fn delete(store: &MemoryKv, key: &str) {
    store.delete(key.as_bytes()).expect("deleted");
}

type Damage = fn(&MemoryKv);

/// Keys, and whether what is wrong with them can be mended.
type Found = &'static [(&'static str, bool)];

#[test]
fn every_damage_is_found_and_mended_if_it_can_be() {
    const ENTRY: &str = "execlog-seq:0000000000000003";
    let damages: [(&str, Damage, Found); 9] = [
        (
            "a value that is no JSON",
            |store| set(store, "execlog:b", "{"),
            &[("execlog:b", false)],
        ),
        (
            "arguments that are no list",
            |store| {
                let stored = store.get(b"execlog:b").expect("reads").expect("is there");
                let mut damaged = ExecutionRecord::decode_json(&stored).expect("a record");
                "index".clone_into(&mut damaged.args);
                let json = serde_json::to_string(&damaged).expect("JSON");
                set(store, "execlog:b", &json);
            },
            &[("execlog:b", false)],
        ),
        (
            "a context that is no JSON",
            |store| set(store, "execlog-context:c", "[]"),
            &[("execlog-context:c", false)],
        ),
        (
            "a context that ended before it began",
            |store| {
                let key = b"execlog-context:c";
                let stored = store.get(key).expect("reads").expect("is there");
                let mut damaged = ExecutionContext::decode_json(&stored).expect("a context");
                damaged.ended_at_ms = Some(damaged.started_at_ms - 1);
                let json = serde_json::to_string(&damaged).expect("JSON");
                set(store, "execlog-context:c", &json);
            },
            &[("execlog-context:c", false)],
        ),
        (
            "a run that was removed by a program that knows no contexts",
            |store| delete(store, "execlog:d"),
            &[("execlog-context:d", true), ("execlog:d", true)],
        ),
        (
            "an entry that is gone",
            |store| delete(store, ENTRY),
            &[(ENTRY, true)],
        ),
        (
            "an entry that is none",
            |store| set(store, ENTRY, "\"3\""),
            &[(ENTRY, true), (ENTRY, true)],
        ),
        (
            "an entry of another run",
            |store| set(store, ENTRY, "\"3 3 5 5 zzz\""),
            &[("execlog:zzz", true), ("execlog:c", true)],
        ),
        (
            "a run that another program added",
            |store| {
                let mut added = record("f");
                added.id = 6;
                let json = serde_json::to_string(&added).expect("JSON");
                set(store, "execlog:f", &json);
            },
            &[("execlog:f", true)],
        ),
    ];
    for (what, damage, expected) in damages {
        let (store, log) = filled();
        assert_eq!(found(&log), [], "it is well before");
        damage(&store);
        let found_first = found(&log);
        let expected: Vec<_> = expected
            .iter()
            .map(|(key, mends)| ((*key).to_owned(), *mends))
            .collect();
        assert_eq!(found_first, expected, "{what}");
        log.maintenance().reindex().expect("reindexed");
        let left: Vec<_> = expected.into_iter().filter(|(_, mends)| !mends).collect();
        assert_eq!(found(&log), left, "{what}, after it was reindexed");
    }
}

#[test]
fn what_a_crash_leaves_behind_by_design_is_no_damage() {
    let (store, log) = filled();
    // The entry is written before the run, so one that was refused or killed leaves it.
    set(
        &store,
        "execlog-seq:0000000000000006",
        "\"6 6 5 9999999999 killed\"",
    );
    assert_eq!(found(&log), []);
}

#[test]
fn a_log_that_magellan_wrote_has_no_index_and_is_well() {
    let store = MemoryKv::default();
    for id in IDS {
        let mut run = record(id);
        run.id = run.started_at;
        let json = serde_json::to_string(&run).expect("JSON");
        set(&store, &format!("execlog:{id}"), &json);
    }
    assert_eq!(found(&ExecutionLog::from_local_kv_store(store)), []);
}
