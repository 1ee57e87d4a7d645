use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a", key_fn = "a_key")]
struct A {
    #[kv(key)]
    b: String,
    #[kv(key)]
    c: std::path::PathBuf,
    #[kv(key)]
    d: u32,
}

fn main() {}
