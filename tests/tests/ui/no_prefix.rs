use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
struct A {
    #[kv(key)]
    b: String,
}

fn main() {}
