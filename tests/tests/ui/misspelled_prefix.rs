use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefx = "a")]
struct A {
    #[kv(key)]
    b: String,
}

fn main() {}
