use execlog::{KvRecord, Result, kv};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "execlog", key_fn = "run_key", crate = "crate")]
struct Run {
    #[kv(key)]
    id: String,
    #[kv(key)]
    attempt: u32,
}

fn main() {}
