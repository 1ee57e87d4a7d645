//! A record type of the host's own, kept in the same graph as the log.

// This workspace gives `sqlitegraph` 1.6 a name of its own; in a copy, leave this line out.
use sqlitegraph_native_v2 as sqlitegraph;

use execlog::kv::{GraphKv, KvStore, Table};
use execlog::{ExecutionLog, KvRecord, Outcome};
use serde::{Deserialize, Serialize};
use sqlitegraph::{GraphBackend, GraphConfig, open_graph};
use std::path::Path;
use std::rc::Rc;

/// How large a crate was at a revision. The revision is ordered, so a scan gives the oldest first.
#[derive(Debug, Serialize, Deserialize, KvRecord)]
#[kv(prefix = "crate-size", key_fn = "crate_size_key")]
struct CrateSize {
    #[kv(key)]
    name: String,
    #[kv(key, ordered)]
    revision: u32,
    lines: u64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = Path::new("own_record.graph");
    let graph: Rc<dyn GraphBackend> = Rc::from(open_graph(path, &GraphConfig::native())?);

    let store = GraphKv::from(Rc::clone(&graph));
    let sizes = Table::<CrateSize, _>::new(&store);
    for (revision, lines) in [(10, 2900), (9, 2400), (255, 4100)] {
        sizes.insert(&CrateSize {
            name: "execlog".to_owned(),
            revision,
            lines,
        })?;
    }
    store.flush()?;

    for size in sizes.scan()? {
        let size = size?;
        println!("{}  {} lines", size.key().escape_ascii(), size.lines);
    }
    let key = crate_size_key("execlog", 10);
    let (name, revision) = CrateSize::parse_key(&key)?;
    println!("{} is {name} at revision {revision}", key.escape_ascii());

    let log = ExecutionLog::with_kv_backend(graph);
    let number = log.list_all(None)?.len() + 1;
    let id = format!("own-record-{number}");
    log.start_execution(
        &id,
        env!("CARGO_PKG_VERSION"),
        &[],
        None,
        "own_record.graph",
    )?;
    log.finish_execution(&id, Outcome::Success, None, 0, 0, 0)?;
    println!("{number} runs in the log of the same graph");
    Ok(())
}
