use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a", ttl = 3)]
struct A {
    #[kv(key)]
    b: String,
}

fn main() {}
