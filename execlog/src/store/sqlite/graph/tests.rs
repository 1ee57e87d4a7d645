//! Tests of prefix scans, stored values and tables that are not those of a graph.

use super::GraphTable;
use crate::capture::Invocation;
use crate::error::Error;
use crate::kv::KvStore;
use crate::log::ExecutionLog;
use crate::store::sqlite::source::Source;
use rusqlite::Connection;

#[test]
fn the_keys_with_a_prefix_are_found_in_the_order_of_their_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = GraphTable::new(Source::file(&folder.path().join("code.db")));
    assert_eq!(table.scan(b"").expect("scanned"), []);
    for key in ["p:b", "q:a", "p:", "p:a", "p", "p:c:d", "10", "1", "p;"] {
        table.set(key.as_bytes(), b"1").expect("set");
    }
    let keys = |prefix: &str| {
        let found = table.scan(prefix.as_bytes()).expect("scanned").into_iter();
        let keys = found.map(|(key, _)| String::from_utf8(key).expect("text"));
        keys.collect::<Vec<_>>()
    };
    assert_eq!(keys("p:"), ["p:", "p:a", "p:b", "p:c:d"]);
    assert_eq!(keys("1"), ["1", "10"]);
    assert_eq!(keys("").len(), 9);
    table.delete(b"p:").expect("deleted");
    table.delete(b"p:").expect("deleted again");
    assert_eq!(keys("p:"), ["p:a", "p:b", "p:c:d"]);
}

#[test]
fn a_value_comes_back_as_it_was_and_what_is_no_json_as_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = GraphTable::new(Source::file(&folder.path().join("code.db")));
    for value in [&br#"{"a":[1.5,null]}"#[..], b"\"text\"", b"\xff\0no JSON"] {
        table.set(b"key", value).expect("set");
        assert_eq!(table.get(b"key").expect("got").as_deref(), Some(value));
        let found = table.scan(b"key").expect("scanned");
        assert_eq!(found, [(b"key".to_vec(), value.to_vec())]);
    }
    assert!(matches!(
        table.as_json().expect("JSON").get_json(b"key"),
        Err(Error::Corrupt { key, .. }) if key == "key"
    ));
}

#[test]
fn a_scan_reads_values_as_a_get_does_however_they_are_spelled() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    let table = GraphTable::new(Source::file(&file));
    table.set(b"key", b"1").expect("set");
    let other = Connection::open(&file).expect("opened");
    for (spelled, plain) in [
        (r#"{"data":{"a":1},"type":"json"}"#, r#"{"a":1}"#),
        (r#"{"type":"json","data":{"a":1}}"#, r#"{"a":1}"#),
        (r#"{"data":1,"other":2,"type":"json"}"#, "1"),
        (r#"{"data":"a","type":"string"}"#, r#""a""#),
        (r#"{"data":"1,2","type":"bytes"}"#, "\u{1}\u{2}"),
        (
            r#"{"data":{"a":1,"type":"json"}"#,
            r#"{"data":{"a":1,"type":"json"}"#,
        ),
        ("{", "{"),
    ] {
        let changed = other.execute("UPDATE kv_store SET value_json = ?1", [spelled]);
        assert_eq!(changed, Ok(1));
        let plain = plain.as_bytes().to_vec();
        assert_eq!(
            table.get(b"key").expect("got"),
            Some(plain.clone()),
            "{spelled}"
        );
        assert_eq!(
            table.scan(b"key").expect("scanned"),
            [(b"key".to_vec(), plain)]
        );
    }
}

#[test]
fn what_only_has_the_name_of_the_table_is_no_graph() {
    for made in [
        "CREATE TABLE kv_store (key TEXT PRIMARY KEY, value BLOB)",
        "CREATE TABLE kv_store (key TEXT, value_json TEXT, ttl_seconds, version, created_at, \
         updated_at)",
        "CREATE VIEW kv_store AS SELECT 1 AS key, 2 AS value_json",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("code.db");
        let connection = Connection::open(&file).expect("opened");
        connection.execute_batch(made).expect(made);
        let log = ExecutionLog::open(&file).expect("opened");
        assert!(
            !log.maintenance().has_log_in_graph().expect("looked for"),
            "{made}"
        );
        assert!(!log.maintenance().exists().expect("looked for"), "{made}");
        let refused = log
            .maintenance()
            .in_graph()
            .start_execution("a", "1", &[], None, "x");
        assert!(
            matches!(
                &refused,
                Err(Error::Schema {
                    table: "kv_store",
                    ..
                })
            ),
            "{made}: {refused:?}"
        );
        let log = ExecutionLog::open(&file).expect("opened");
        log.begin(Invocation::new(["index"])).succeed();
        assert_eq!(log.list_all(None).expect("read").len(), 1, "{made}");
    }
}
