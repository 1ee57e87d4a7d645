use execlog::KvRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "execlog")]
struct Run {
    #[kv(key)]
    id: String,
}

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "execlog-notes")]
struct Note {
    #[kv(key)]
    id: String,
}

#[derive(Serialize, Deserialize, KvRecord)]
#[kv(prefix = "execlog:notes")]
struct Remark {
    #[kv(key)]
    id: String,
}

fn main() {}
