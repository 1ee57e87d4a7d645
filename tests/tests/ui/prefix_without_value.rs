use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix)]
struct A {
    #[kv(key)]
    b: String,
}

fn main() {}
