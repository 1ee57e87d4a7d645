use execlog::KvRecord;
use execlog::kv::{MemoryKv, Table};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a", key_fn = "a_key", ttl = 3)]
struct A {
    #[kv(key)]
    b: String,
}

fn main() {
    let table = Table::new(MemoryKv::default());
    let _ = table.insert(&A { b: String::new() });
    let _ = A::decode_json(b"{}").map(|a| a.key());
    let _ = A::key_prefix();
    let _ = table.get("b");
    let _ = (A::key_for("b"), a_key("b"), A::parse_key(b"a:b"));
}
