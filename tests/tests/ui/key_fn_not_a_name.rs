use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a", key_fn = "not a name")]
struct A {
    #[kv(key)]
    b: String,
}

fn main() {}
