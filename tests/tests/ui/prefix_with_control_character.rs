use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a\n")]
struct A {
    #[kv(key)]
    b: String,
}

fn main() {}
