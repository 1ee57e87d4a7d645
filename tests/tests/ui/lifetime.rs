use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a")]
struct A<'a> {
    #[kv(key)]
    b: &'a str,
}

fn main() {}
