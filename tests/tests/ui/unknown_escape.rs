use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a")]
struct A {
    #[kv(key, escape = "url")]
    b: String,
}

fn main() {}
