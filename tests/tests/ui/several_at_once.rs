use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "", ttl = 3)]
struct A {
    #[kv(key, ordered)]
    b: String,
    #[kv(key)]
    c: f32,
}

fn main() {}
