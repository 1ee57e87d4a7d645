//! What sqlitegraph 1.6 does to values, which the adapter is built around. Where one of these
//! fails after an update, the engine has changed and the adapter can do with less.
use execlog::kv::{GraphKv, KvStore};
use sqlitegraph_native_v2::backend::KvValue;
use sqlitegraph_native_v2::{GraphBackend, NativeGraphBackend, NodeSpec, SnapshotId};
use std::path::{Path, PathBuf};
use std::rc::Rc;

fn graph() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("code.graph");
    NativeGraphBackend::new(&path).expect("a new graph");
    (folder, path)
}

fn open(path: &Path) -> Rc<dyn GraphBackend> {
    Rc::new(NativeGraphBackend::open(path).expect("the graph opens"))
}

fn set(graph: &dyn GraphBackend, number: i64) {
    graph
        .kv_set(b"a".to_vec(), KvValue::Integer(number), None)
        .expect("set");
}

fn get(graph: &dyn GraphBackend) -> Option<KvValue> {
    graph.kv_get(SnapshotId::current(), b"a").expect("get")
}

#[test]
fn the_engine_forgets_a_value_that_was_set_over_another() {
    let (_folder, path) = graph();
    let graph = open(&path);
    set(&*graph, 1);
    set(&*graph, 2);
    assert_eq!(get(&*graph), Some(KvValue::Integer(2)));
    drop(graph);
    assert_eq!(get(&*open(&path)), Some(KvValue::Integer(1)), "the first");
}

#[test]
fn the_engine_does_not_show_a_process_its_own_value_over_that_of_another() {
    let (_folder, path) = graph();
    let graph = open(&path);
    set(&*graph, 1);
    drop(graph);
    let graph = open(&path);
    set(&*graph, 2);
    assert_eq!(get(&*graph), Some(KvValue::Integer(1)), "the first");
}

#[test]
fn the_engine_loses_every_value_when_a_node_is_changed_in_place() {
    let (_folder, path) = graph();
    let node = |name: &str| NodeSpec {
        kind: "file".to_owned(),
        name: name.to_owned(),
        file_path: None,
        data: serde_json::Value::Null,
    };
    let graph = open(&path);
    set(&*graph, 1);
    let id = graph.insert_node(node("a.rs")).expect("inserted");
    drop(graph);
    let graph = open(&path);
    assert_eq!(get(&*graph), Some(KvValue::Integer(1)));
    graph.update_node(id, node("b.rs")).expect("updated");
    drop(graph);
    assert_eq!(get(&*open(&path)), None);
}

#[test]
fn the_adapter_keeps_the_last_value_across_any_number_of_opens() {
    let (_folder, path) = graph();
    for number in 0..6_u8 {
        let store = GraphKv::from(open(&path));
        if number > 0 {
            let before = (number * 2 - 1).to_string().into_bytes();
            assert_eq!(store.get(b"a").expect("get"), Some(before));
        }
        for value in [number * 2, number * 2 + 1] {
            let value = value.to_string().into_bytes();
            store.set(b"a", &value).expect("set");
            assert_eq!(store.get(b"a").expect("get"), Some(value));
        }
        store.flush().expect("flush");
    }
}

#[test]
fn the_adapter_refuses_a_value_too_large_to_be_replaced_in_one_write() {
    let (_folder, path) = graph();
    let store = GraphKv::from(open(&path));
    let json = |length: usize| format!("\"{}\"", "x".repeat(length - 2)).into_bytes();
    store.set(b"a", &json(256 * 1024)).expect("set");
    let refused = store.set(b"a", &json(256 * 1024 + 1));
    assert_eq!(
        refused.expect_err("too large").to_string(),
        "`a` takes 262145 bytes, more than the 262144 that fit in a graph: shorten the key or value, or keep the log in a \
         SQLite file of its own"
    );
    assert_eq!(store.get(b"a").expect("get"), Some(json(256 * 1024)));
}

#[test]
fn the_adapter_deletes_and_scans_in_the_order_of_the_keys() {
    let (_folder, path) = graph();
    let store = GraphKv::from(open(&path));
    for key in ["p:b", "p:a", "q:a", "p:c"] {
        store.set(key.as_bytes(), b"1").expect("set");
    }
    store.delete(b"p:c").expect("deleted");
    store
        .delete(b"p:never")
        .expect("deleting nothing is no error");
    drop(store);
    let found = GraphKv::from(open(&path)).scan(b"p:").expect("scan");
    let keys: Vec<_> = found.iter().map(|(key, _)| key.as_slice()).collect();
    assert_eq!(keys, [b"p:a", b"p:b"]);
}
