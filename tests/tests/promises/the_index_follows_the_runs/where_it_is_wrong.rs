//! Logs whose index contradicts the runs, or is damaged.

use super::{ids, listed, log, log_next, open};
use execlog::kv::{KvStore, MemoryKv};
use execlog::{ExecutionRecord, Policy};

#[test]
fn an_index_that_cannot_be_read_is_not_used_and_is_mended() {
    let spoil: &[fn(&MemoryKv, &[u8])] = &[
        |store, key| store.delete(key).expect("removed"),
        |store, key| store.set(key, b"not JSON").expect("spoiled"),
        |store, key| store.set(key, br#""3 9 5 5 run-5""#).expect("spoiled"),
        |store, key| {
            let entry = br#""3 9223372036854775807 5 5 run-3""#;
            store.set(key, entry).expect("spoiled");
        },
    ];
    for place in 1..=9 {
        for spoil in spoil {
            let store = MemoryKv::default();
            for run in 1..=10 {
                log(&open(&store), &format!("run-{run}"), run).expect("stored");
            }
            let expected = listed(&store);
            spoil(&store, format!("execlog-seq:{place:016X}").as_bytes());
            assert_eq!(listed(&store), expected, "place {place}");
            assert_eq!(log(&open(&store), "next", 11).expect("stored"), 11);
            assert_eq!(listed(&store).len(), 11, "place {place}");
            let found = open(&store).maintenance().reindex().expect("reindexed");
            assert_eq!(found.runs, 11);
            assert!(
                open(&store)
                    .maintenance()
                    .reindex()
                    .expect("reindexed")
                    .was_right
            );
            assert_eq!(listed(&store).len(), 11);
        }
    }
}

#[test]
fn runs_are_listed_where_an_entry_near_the_end_of_the_index_is_missing() {
    let store = MemoryKv::default();
    for run in 1..=9 {
        log(&open(&store), &run.to_string(), run).expect("stored");
    }
    store
        .delete(b"execlog-seq:0000000000000008")
        .expect("removed");
    let damaged = open(&store);
    assert!(damaged.maintenance().exists().expect("looked for"));
    assert_eq!(ids(damaged.get_recent(3)), ["9", "8", "7"]);
    assert_eq!(ids(damaged.list_all(None)).len(), 9);
}

#[test]
fn a_run_whose_number_was_changed_is_listed_all_the_same() {
    for number in [1, 5, 900] {
        let store = MemoryKv::default();
        for run in 1..=9 {
            log(&open(&store), &run.to_string(), run).expect("stored");
        }
        let key = b"execlog:4";
        let stored = store.get(key).expect("reads").expect("a run");
        let mut run: ExecutionRecord = serde_json::from_slice(&stored).expect("a record");
        run.id = number;
        let changed = serde_json::to_vec(&run).expect("JSON");
        store.set(key, &changed).expect("changed");
        let newest = ids(open(&store).get_recent(9));
        assert_eq!(newest.len(), 9, "{number}: {newest:?}");
    }
}

#[test]
fn the_number_of_an_entry_that_cannot_be_read_is_not_given_again() {
    let store = MemoryKv::default();
    for run in 1..=3 {
        log(&open(&store), &run.to_string(), run).expect("stored");
    }
    store.delete(b"execlog:3").expect("removed");
    let entry = b"execlog-seq:0000000000000003";
    store.set(entry, b"not JSON").expect("spoiled");
    assert_eq!(log_next(&store), 4);
    assert_eq!(listed(&store), ["next", "2", "1"]);
}

#[test]
fn what_another_program_left_below_the_keys_of_a_log_does_no_harm() {
    let store = MemoryKv::default();
    log(&open(&store), "a", 1).expect("stored");
    let junk = br#"{"id":9223372036854775807,"started_at":1}"#;
    let notes = b"execlog-seq:notes of another tool";
    store.set(b"execlog:\xff", b"1").expect("set");
    store.set(b"execlog:junk", junk).expect("set");
    store.set(notes, b"1").expect("set");
    assert_eq!(
        open(&store)
            .maintenance()
            .reindex()
            .expect("reindexed")
            .runs,
        2
    );
    assert_eq!(log_next(&store), 3);
    let results = open(&store).list_results(None).expect("the log reads");
    let read = results.iter().flatten();
    let read: Vec<_> = read.map(|run| run.execution_id.as_str()).collect();
    assert_eq!(read, ["next", "a"]);
    assert_eq!(results.len(), 4);
    assert!(store.contains(notes).expect("reads"));
}

#[test]
fn a_run_whose_id_was_used_before_is_listed_once() {
    let store = MemoryKv::default();
    for (id, after) in [("a", 100), ("b", 50)] {
        log(&open(&store), id, after).expect("stored");
    }
    let all = Policy::new().keep_last(0);
    open(&store)
        .prune_plan(&all)
        .and_then(execlog::PrunePlan::apply)
        .expect("pruned");
    for (id, after) in [("b", 50), ("a", 40)] {
        log(&open(&store), id, after).expect("stored");
    }
    assert_eq!(listed(&store), ["b", "a"]);
    store.set(b"execlog:b", b"not JSON").expect("spoiled");
    let results = open(&store).list_results(Some(5)).expect("the log reads");
    assert_eq!(results.len(), 2, "{results:?}");
}

#[test]
fn a_run_that_was_removed_by_its_key_is_passed_over() {
    let store = MemoryKv::default();
    for (id, started_at) in [("a", 1), ("b", 2), ("c", 3)] {
        log(&open(&store), id, started_at + 10).expect("stored");
    }
    store.delete(b"execlog:c").expect("removed");
    assert_eq!(listed(&store), ["b", "a"]);
    assert_eq!(ids(open(&store).get_recent(1)), ["b"]);
    assert_eq!(log(&open(&store), "c", 5).expect("its id is free"), 4);
    assert_eq!(listed(&store), ["b", "a", "c"], "only where it is now");
    let found = open(&store).maintenance().reindex().expect("reindexed");
    assert_eq!((found.runs, found.added, found.removed), (3, 0, 1));
    assert_eq!(listed(&store), ["b", "a", "c"]);
}
