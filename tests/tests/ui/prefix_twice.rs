use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a", prefix = "b")]
struct A {
    #[kv(key)]
    b: String,
}

fn main() {}
