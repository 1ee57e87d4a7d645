use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "a")]
struct A {
    #[kv(key)]
    b: Path,
}

#[derive(Serialize, Deserialize)]
struct Path(String);

fn main() {}
