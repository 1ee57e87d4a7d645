//! Records one run in `quickstart.db` and prints it back.

use execlog::{ExecutionLog, Outcome, Result};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> Result<()> {
    let log = ExecutionLog::new(Path::new("quickstart.db"));
    let id = execution_id();
    let args: Vec<String> = std::env::args().skip(1).collect();

    log.start_execution(
        &id,
        env!("CARGO_PKG_VERSION"),
        &args,
        Some("."),
        "quickstart.db",
    )?;
    let entries = std::fs::read_dir(".").map_or(0, Iterator::count);
    log.finish_execution(&id, Outcome::Success, None, entries, 0, 0)?;

    if let Some(run) = log.get_by_id(&id)? {
        println!("{run:#?}");
    }
    println!("{} runs in the log", log.list_all(None)?.len());
    Ok(())
}

/// Unique as long as one process records no two runs in the same nanosecond.
fn execution_id() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("{:x}-{:x}", now.as_nanos(), std::process::id())
}
