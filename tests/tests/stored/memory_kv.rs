use super::cases;
use execlog::ExecutionLog;
use execlog::kv::{KvStore, MemoryKv};

#[test]
fn keys_and_values() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryKv::default();
    cases::write(ExecutionLog::with_kv_store(store.clone()))?;
    let entries = store.scan(b"")?.into_iter();
    let dump = cases::dump(entries.map(|(key, value)| (key, value.escape_ascii().to_string())));
    insta::assert_snapshot!(dump);
    Ok(())
}
