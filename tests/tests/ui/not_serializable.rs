use execlog::KvRecord;

#[derive(KvRecord)]
#[kv(prefix = "a")]
struct A {
    #[kv(key)]
    b: String,
}

fn main() {}
