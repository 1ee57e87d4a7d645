use super::cases;
use execlog::ExecutionLog;
use sqlitegraph_native_v3::backend::KvValue;
use sqlitegraph_native_v3::{
    GraphBackend, NativeGraphBackend, SnapshotId, SqliteGraph, SqliteGraphBackend,
};
use std::fmt::Write;
use std::rc::Rc;

#[test]
fn keys_and_values() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("code.graph");
    let backend = Rc::new(NativeGraphBackend::create(&path)?);
    cases::write(ExecutionLog::with_kv_backend(backend))?;

    let reopened = NativeGraphBackend::open(&path)?;
    let mut dump = String::new();
    for (key, _) in reopened.kv_prefix_scan(SnapshotId::from_lsn(u64::MAX - 1), b"")? {
        let value = reopened.kv_get(SnapshotId::current(), &key)?;
        let Some(KvValue::Json(json)) = value else {
            panic!("not JSON: {value:?}");
        };
        writeln!(dump, "{}\n    Json({json})", key.escape_ascii())?;
    }
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
    let mut rows = statement.query([])?;
    let mut dump = String::new();
    while let Some(row) = rows.next()? {
        let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
        writeln!(dump, "{key}\n    {value}")?;
    }
    insta::assert_snapshot!(dump);
    Ok(())
}
