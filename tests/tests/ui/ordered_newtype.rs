use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a", key_fn = "a_key")]
struct A {
    #[kv(key)]
    b: String,
    #[kv(key, ordered)]
    c: Number,
}

#[derive(Serialize, Deserialize)]
struct Number(u64);

fn main() {}
