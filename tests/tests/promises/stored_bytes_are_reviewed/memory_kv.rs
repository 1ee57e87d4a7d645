//! The bytes in a store of plain bytes.

use super::cases;
use execlog::ExecutionLog;
use execlog::execution_log_key;
use execlog::kv::{KvStore, MemoryKv};

#[test]
fn keys_and_values() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryKv::default();
    cases::write(ExecutionLog::from_local_kv_store(store.clone()))?;
    let entries = store.scan(b"")?.into_iter();
    let dump = cases::dump(entries.map(|(key, value)| (key, value.escape_ascii().to_string())));
    insta::assert_snapshot!(dump);
    Ok(())
}

#[test]
fn what_was_set_aside() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryKv::default();
    cases::write(ExecutionLog::from_local_kv_store(store.clone()))?;
    store.delete(&execution_log_key(cases::BEGUN))?;
    cases::repair(ExecutionLog::from_local_kv_store(store.clone()))?;
    let entries = store.scan(b"execlog-aside:")?.into_iter();
    let dump = cases::dump(entries.map(|(key, value)| (key, value.escape_ascii().to_string())));
    insta::assert_snapshot!(dump);
    Ok(())
}
