//! The values in graphs of sqlitegraph 3.9.

use super::cases;
use execlog::{ExecutionLog, execution_log_key};
use sqlitegraph_native_v3::backend::KvValue;
use sqlitegraph_native_v3::{
    GraphBackend, NativeGraphBackend, SnapshotId, SqliteGraph, SqliteGraphBackend,
};
use std::rc::Rc;

#[test]
fn keys_and_values() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("code.graph");
    let backend = Rc::new(NativeGraphBackend::create(&path)?);
    cases::write(ExecutionLog::with_kv_backend(backend))?;

    let reopened = NativeGraphBackend::open(&path)?;
    let found = reopened
        .kv_prefix_scan(SnapshotId::from_lsn(u64::MAX - 1), b"")?
        .into_iter();
    let dump = cases::dump(found.map(|(key, value)| match value {
        KvValue::Json(json) => (key, format!("Json({json})")),
        other => panic!("not JSON: {other:?}"),
    }));
    insta::assert_snapshot!(dump);
    Ok(())
}

#[test]
fn rows_of_a_graph_in_sqlite() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("code.graph");
    let graph = SqliteGraph::open(&path)?;
    let backend = Rc::new(SqliteGraphBackend::from_graph(graph));
    cases::write(ExecutionLog::with_kv_backend(backend))?;

    let connection = rusqlite::Connection::open(&path)?;
    let mut statement =
        connection.prepare("SELECT key, value_json FROM kv_store ORDER BY rowid")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let dump = cases::dump::<String>(rows.collect::<Result<Vec<_>, _>>()?);
    insta::assert_snapshot!(dump);
    Ok(())
}

#[test]
fn what_was_set_aside() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("code.graph");
    let backend = Rc::new(NativeGraphBackend::create(&path)?);
    cases::write(ExecutionLog::with_kv_backend(backend.clone()))?;
    backend.kv_delete(&execution_log_key(cases::BEGUN))?;
    cases::repair(ExecutionLog::with_kv_backend(backend))?;

    let reopened = NativeGraphBackend::open(&path)?;
    let found = reopened
        .kv_prefix_scan(SnapshotId::from_lsn(u64::MAX - 1), b"execlog-aside:")?
        .into_iter();
    let dump = cases::dump(found.map(|(key, value)| match value {
        KvValue::Json(json) => (key, format!("Json({json})")),
        other => panic!("not JSON: {other:?}"),
    }));
    insta::assert_snapshot!(dump);
    Ok(())
}
