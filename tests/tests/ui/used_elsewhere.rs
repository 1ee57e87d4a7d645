use execlog::KvRecord;
use execlog::kv::{MemoryKv, Table};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
struct A {
    #[kv(key)]
    b: String,
}

fn main() {
    let table = Table::new(MemoryKv::default());
    let _ = table.insert(&A { b: String::new() });
    let _ = A::decode_json(b"{}").map(|a| a.key());
    let _ = A::key_prefix();
}
