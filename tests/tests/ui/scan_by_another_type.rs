use execlog::KvRecord;
use execlog::kv::{MemoryKv, Table};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a")]
struct A {
    #[kv(key)]
    b: String,
    #[kv(key)]
    c: u32,
}

fn main() {
    let table = Table::<A, _>::new(MemoryKv::default());
    let _ = table.scan_prefix::<1>(1);
}
