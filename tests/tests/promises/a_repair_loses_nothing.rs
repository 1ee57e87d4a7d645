//! What repairing a log in a key-value store keeps, wherever the process dies, and where numbers end.

use execlog::kv::{KvStore, MemoryKv};
use execlog::{Error, ExecutionLog, Invocation};
use execlog_tests::dying::Dying;
use serde_json::Value;

/// A store with two contexts whose runs are gone, and an entry of the index that contradicts its run.
fn damaged() -> MemoryKv {
    let store = MemoryKv::default();
    let log = ExecutionLog::from_local_kv_store(store.clone()).without_seals();
    for id in ["a", "b", "c"] {
        let invocation = Invocation::new(["index"]).execution_id(id.parse().expect("an id"));
        log.begin(invocation).succeed();
    }
    for id in ["a", "b"] {
        let key = format!("execlog:{id}");
        store.delete(key.as_bytes()).expect("deleted");
    }
    let entry = b"\"3 3 5 99999999999 c\"";
    let key = b"execlog-seq:0000000000000003";
    store.set(key, entry).expect("set");
    store
}

fn value(store: &MemoryKv, key: &str) -> Option<Value> {
    let value = store.get(key.as_bytes()).expect("reads");
    value.map(|value| serde_json::from_slice(&value).expect("JSON"))
}

#[test]
fn what_is_moved_is_there_wherever_the_process_dies() {
    let originals = [
        "execlog-context:a",
        "execlog-context:b",
        "execlog-seq:0000000000000003",
    ];
    for writes in 0.. {
        let store = damaged();
        let before = originals.map(|key| value(&store, key).expect("is there"));
        let dying = ExecutionLog::from_local_kv_store(Dying::after(writes, store.clone()));
        let repaired = dying.maintenance().reindex();
        let aside = store.scan(b"execlog-aside:").expect("scanned").into_iter();
        let aside: Vec<Value> = aside
            .map(|(_, value)| serde_json::from_slice(&value).expect("JSON"))
            .collect();
        for (key, before) in originals.iter().zip(&before) {
            let is_there = value(&store, key).as_ref() == Some(before);
            let is_kept = aside
                .iter()
                .any(|aside| aside["key"] == *key && aside["value"] == *before);
            assert!(is_there || is_kept, "{writes}: {key}");
        }
        let log = ExecutionLog::from_local_kv_store(store);
        log.maintenance().reindex().expect("reindexed");
        let after = log.maintenance().verify().expect("verified");
        assert_eq!(after.findings, [], "{writes}");
        let kept: Vec<_> = after
            .set_aside
            .iter()
            .map(|aside| aside.was.as_str())
            .collect();
        assert_eq!(kept, originals, "{writes}: each is kept once");
        if repaired.is_ok() {
            assert!(writes > 6, "{writes}");
            break;
        }
    }
}

#[test]
fn where_no_number_is_left_the_error_says_so() {
    let store = MemoryKv::default();
    let log = ExecutionLog::from_local_kv_store(store.clone());
    let start = |id: &str| log.start_execution(id, "1", &[], None, "code.db");
    start("a").expect("started");
    let last: i64 = 1 << 53;
    let entry = format!("\"2 {last} 5 99999999999 gone\"");
    store
        .set(b"execlog-seq:0000000000000002", entry.as_bytes())
        .expect("set");
    let refused = start("b");
    assert!(
        matches!(refused, Err(Error::NoNumberLeft { last: given }) if given == last),
        "{refused:?}"
    );
    assert_eq!(log.list_all(None).expect("reads").len(), 1);
}

#[test]
fn contexts_that_another_program_removed_are_noted() {
    let store = MemoryKv::default();
    let log = ExecutionLog::from_local_kv_store(store.clone()).without_seals();
    for _ in 0..2 {
        log.begin(Invocation::new(["index"])).succeed();
    }
    log.start_execution("6b03270d-7759", "4.17.0", &[], None, "code.db")
        .expect("started");
    assert_eq!(log.maintenance().verify().expect("verified").notes, []);
    for (key, _) in store.scan(b"execlog-context:").expect("scanned") {
        store.delete(&key).expect("deleted");
    }
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!(verified.findings, []);
    let [note] = verified.notes.as_slice() else {
        panic!("{:?}", verified.notes)
    };
    assert_eq!(note.key, "execlog-context:");
    assert!(note.text.contains("without a context: 2;"), "{}", note.text);
}
