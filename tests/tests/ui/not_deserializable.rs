use execlog::KvRecord;
use serde::Serialize;

#[derive(Serialize, KvRecord)]
#[kv(prefix = "a")]
struct A {
    #[kv(key)]
    b: String,
    #[kv(key)]
    c: u32,
}

fn main() {}
