use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a", key_fn = "a_key")]
struct A {
    #[kv(key, escape = "double")]
    b: Name,
    #[kv(key)]
    c: String,
    #[kv(key, ordered)]
    d: u32,
}

#[derive(Serialize, Deserialize)]
struct Name(String);

fn main() {}
