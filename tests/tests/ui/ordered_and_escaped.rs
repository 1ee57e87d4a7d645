use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a")]
struct A {
    #[kv(key, ordered, escape = "double")]
    b: u64,
}

fn main() {}
