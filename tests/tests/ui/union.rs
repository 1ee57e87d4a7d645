use execlog::KvRecord;

#[derive(KvRecord)]
#[kv(prefix = "a")]
union A {
    b: u8,
}

fn main() {}
