use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = 1)]
struct A {
    #[kv(key)]
    b: String,
}

fn main() {}
