//! What cannot be read is named, and does not hide the runs beside it.

use execlog::kv::{KvStore, MemoryKv};
use execlog::{Error, ExecutionLog, Threads};
use std::fs;

/// Three runs, the second of which `spoil` makes unreadable; `named` is how it is then called.
fn runs_beside_it_are_read<T: Threads>(log: &ExecutionLog<T>, spoil: impl FnOnce(), named: &str) {
    for id in ["a", "bad", "c"] {
        log.start_execution(id, "1.0.0", &[], None, "code.db")
            .expect("the run starts");
    }
    spoil();

    let corrupt = |error: Error| match error {
        Error::Corrupt { key, reason } => {
            assert_eq!(key, named, "{reason}");
            reason
        }
        other => panic!("{other}"),
    };
    let reason = corrupt(log.get_by_id("bad").expect_err("it cannot be read"));
    assert!(!reason.is_empty());
    corrupt(log.list_all(None).expect_err("one cannot be read"));

    let results = log.list_results(None).expect("the log reads");
    let (read, unread): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    let read: Vec<_> = read
        .into_iter()
        .flatten()
        .map(|record| record.execution_id)
        .collect();
    assert_eq!(read, ["c", "a"]);
    assert_eq!(unread.len(), 1);
    for error in unread.into_iter().filter_map(Result::err) {
        corrupt(error);
    }
    assert!(log.get_by_id("a").expect("reads").is_some());

    let taken = log.start_execution("bad", "1.0.0", &[], None, "code.db");
    assert!(
        matches!(taken, Err(Error::Duplicate { .. })),
        "it is not written over"
    );
}

#[test]
fn a_row_with_a_value_of_another_type() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = ExecutionLog::new(folder.path().join("log.db"));
    let spoil = || {
        let connection = log.connect().expect("connects");
        connection
            .execute("UPDATE execution_log SET args = x'00' WHERE id = 2", [])
            .expect("spoiled");
    };
    runs_beside_it_are_read(&log, spoil, "execution_log row 2");
}

#[test]
fn a_value_that_is_not_a_record() {
    for bytes in [&b"not JSON"[..], b"{}", b"null", b"\xff", b""] {
        let store = MemoryKv::default();
        let log = ExecutionLog::from_local_kv_store(store.clone());
        let spoil = || store.set(b"execlog:bad", bytes).expect("spoiled");
        runs_beside_it_are_read(&log, spoil, "execlog:bad");
    }
}

#[test]
fn a_run_that_cannot_be_read_does_not_stand_in_the_way_of_newer_ones() {
    let store = MemoryKv::default();
    let log = ExecutionLog::from_local_kv_store(store.clone());
    for id in ["old", "b", "c"] {
        log.start_execution(id, "1.0.0", &[], None, "code.db")
            .expect("the run starts");
    }
    let whole = store.get(b"execlog:old").expect("reads").expect("is there");
    let spoiled = String::from_utf8_lossy(&whole).replace("tool_version", "version");
    store
        .set(b"execlog:old", spoiled.as_bytes())
        .expect("spoiled");
    let newest = log.get_recent(2).expect("the newest two can be read");
    let ids: Vec<_> = newest.iter().map(|run| run.execution_id.as_str()).collect();
    assert_eq!(ids, ["c", "b"]);
    assert!(matches!(log.get_recent(3), Err(Error::Corrupt { .. })));
}

#[test]
fn a_record_under_the_key_of_another() {
    let store = MemoryKv::default();
    let log = ExecutionLog::from_local_kv_store(store.clone());
    let spoil = || {
        let other = store.get(b"execlog:a").expect("reads").expect("is there");
        store.set(b"execlog:bad", &other).expect("spoiled");
    };
    runs_beside_it_are_read(&log, spoil, "execlog:bad");
}

#[cfg(feature = "native-v2")]
#[test]
fn a_value_of_another_kind_in_a_graph() {
    use sqlitegraph_native_v2::backend::KvValue;
    use sqlitegraph_native_v2::{GraphBackend, NativeGraphBackend};
    use std::rc::Rc;

    let kinds = [
        KvValue::Bytes(vec![0, 255]),
        KvValue::String("{}".to_owned()),
        KvValue::Integer(1),
        KvValue::Float(f64::NAN),
        KvValue::Boolean(true),
        KvValue::Json(serde_json::json!({"id": 1})),
    ];
    for kind in kinds {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("code.graph");
        let backend: Rc<dyn GraphBackend> =
            Rc::new(NativeGraphBackend::new(path).expect("a new graph"));
        let log = ExecutionLog::with_kv_backend(Rc::clone(&backend));
        let spoil = || {
            let key = b"execlog:bad".to_vec();
            backend.kv_delete(&key).expect("removed");
            backend.kv_set(key, kind.clone(), None).expect("spoiled");
        };
        runs_beside_it_are_read(&log, spoil, "execlog:bad");
    }
}

#[test]
fn a_torn_database_is_an_error_and_is_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("log.db");
    {
        let log = ExecutionLog::new(&path);
        let args = ["x".repeat(100_000)];
        log.start_execution("a", "1.0.0", &args, None, "code.db")
            .expect("the run starts");
    }
    let whole = fs::read(&path).expect("read");
    fs::write(&path, &whole[..whole.len() / 2]).expect("torn");
    let log = ExecutionLog::new(&path);
    let error = log.get_by_id("a").expect_err("it cannot be read");
    assert!(error.to_string().contains("log.db"), "{error}");
}
