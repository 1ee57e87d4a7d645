use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a")]
struct A {
    #[kv(key, escape = "double")]
    b: String,
    #[kv(key, escape = "double")]
    c: String,
}

fn main() {}
