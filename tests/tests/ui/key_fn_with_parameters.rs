use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a", key_fn = "a_key")]
struct A<T> {
    #[kv(key)]
    b: String,
    c: T,
}

fn main() {}
