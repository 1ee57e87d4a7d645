use super::cases;
use execlog::ExecutionLog;
use sqlitegraph_native_v2::backend::KvValue;
use sqlitegraph_native_v2::{GraphBackend, NativeGraphBackend, SnapshotId};
use std::fmt::Write;
use std::rc::Rc;

#[test]
fn keys_and_values() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("code.graph");
    let backend = Rc::new(NativeGraphBackend::new(&path)?);
    cases::write(ExecutionLog::with_kv_backend(backend))?;

    let reopened = NativeGraphBackend::open(&path)?;
    let mut dump = String::new();
    for (key, _) in reopened.kv_prefix_scan(SnapshotId::current(), b"")? {
        let value = reopened.kv_get(SnapshotId::current(), &key)?;
        let Some(KvValue::Json(json)) = value else {
            panic!("not JSON: {value:?}");
        };
        writeln!(dump, "{}\n    Json({json})", key.escape_ascii())?;
    }
    insta::assert_snapshot!(dump);
    Ok(())
}
