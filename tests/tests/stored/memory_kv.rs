use super::cases;
use execlog::ExecutionLog;
use execlog::kv::{KvStore, MemoryKv};
use std::fmt::Write;

#[test]
fn keys_and_values() -> Result<(), Box<dyn std::error::Error>> {
    let store = MemoryKv::default();
    cases::write(ExecutionLog::with_kv_store(store.clone()))?;
    let mut dump = String::new();
    for (key, value) in store.scan(b"")? {
        writeln!(dump, "{}\n    {}", key.escape_ascii(), value.escape_ascii())?;
    }
    insta::assert_snapshot!(dump);
    Ok(())
}
