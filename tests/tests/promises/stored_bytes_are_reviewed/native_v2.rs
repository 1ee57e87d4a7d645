//! The values in a graph of sqlitegraph 1.6.

use super::cases;
use execlog::{ExecutionLog, execution_log_key};
use sqlitegraph_native_v2::backend::KvValue;
use sqlitegraph_native_v2::{GraphBackend, NativeGraphBackend, SnapshotId};
use std::rc::Rc;

#[test]
fn keys_and_values() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("code.graph");
    let backend = Rc::new(NativeGraphBackend::new(&path)?);
    cases::write(ExecutionLog::with_kv_backend(backend))?;

    let reopened = NativeGraphBackend::open(&path)?;
    let found = reopened
        .kv_prefix_scan(SnapshotId::current(), b"")?
        .into_iter();
    let dump = cases::dump(found.map(|(key, value)| match value {
        KvValue::Json(json) => (key, format!("Json({json})")),
        other => panic!("not JSON: {other:?}"),
    }));
    insta::assert_snapshot!(dump);
    Ok(())
}

#[test]
fn what_was_set_aside() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("code.graph");
    let backend = Rc::new(NativeGraphBackend::new(&path)?);
    cases::write(ExecutionLog::with_kv_backend(backend.clone()))?;
    backend.kv_delete(&execution_log_key(cases::BEGUN))?;
    cases::repair(ExecutionLog::with_kv_backend(backend))?;

    let reopened = NativeGraphBackend::open(&path)?;
    let found = reopened
        .kv_prefix_scan(SnapshotId::current(), b"execlog-aside:")?
        .into_iter();
    let dump = cases::dump(found.map(|(key, value)| match value {
        KvValue::Json(json) => (key, format!("Json({json})")),
        other => panic!("not JSON: {other:?}"),
    }));
    insta::assert_snapshot!(dump);
    Ok(())
}
