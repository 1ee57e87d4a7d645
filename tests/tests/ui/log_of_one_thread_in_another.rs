//! A log in a graph stays on the thread of the graph.

use execlog::kv::MemoryKv;
use execlog::{ExecutionLog, Invocation, LocalLog};

fn main() {
    let log: LocalLog = ExecutionLog::from_local_kv_store(MemoryKv::default());
    std::thread::spawn(move || log.begin(Invocation::from_env()).succeed());
}
