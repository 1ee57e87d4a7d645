//! What the stores check within the transaction that removes runs.

use super::{KvLogStore, LogStore, Removal, SqliteStore};
use crate::kv::MemoryKv;
use crate::model::{ExecutionContext, ExecutionRecord};

const ALL: [&str; 4] = ["ended", "pinned", "running", "without context"];

fn filled(store: impl LogStore + 'static) -> Box<dyn LogStore> {
    for id in ALL {
        let mut record = ExecutionRecord::running(id.to_owned(), 7);
        if id != "running" {
            "success".clone_into(&mut record.outcome);
        }
        let context = ExecutionContext {
            execution_id: id.to_owned(),
            started_at_ms: 7000,
            pin: (id == "pinned").then(String::new),
            ..ExecutionContext::default()
        };
        let context = Some(&context).filter(|_| id != "without context");
        store.insert(record, context).expect("inserted");
    }
    Box::new(store)
}

fn left(store: &dyn LogStore) -> Vec<String> {
    store.ids_with_prefix("", 10).expect("reads")
}

#[test]
fn pruning_removes_no_run_that_was_pinned_or_begun_again_since_it_was_chosen() {
    for store in [
        filled(SqliteStore::memory()),
        filled(KvLogStore::new(MemoryKv::default())),
    ] {
        store.remove(&ALL, Removal::OfPruning).expect("removed");
        assert_eq!(left(&*store), ["pinned", "running"]);
        let found = store.find("pinned").expect("reads").expect("a run");
        assert!(found.context.is_some());
        store.remove(&ALL, Removal::Any).expect("removed");
        assert_eq!(left(&*store), Vec::<String>::new());
    }
}
