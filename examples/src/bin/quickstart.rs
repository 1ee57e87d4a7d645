//! Records one run in `quickstart.db` and prints it back.

use execlog::{ExecutionLog, Invocation, Result};
use std::io;
use std::path::Path;

fn main() -> Result<()> {
    let log = ExecutionLog::new(Path::new("quickstart.db"));
    let invocation = Invocation::from_env()
        .tool_version(env!("CARGO_PKG_VERSION"))
        .root(".");

    let counted = log.record(invocation, |run| {
        for _ in std::fs::read_dir(".")? {
            run.counters().add_files(1);
        }
        Ok::<_, io::Error>(())
    });
    if let Err(error) = counted {
        eprintln!("error: {error}");
    }

    if let Some(run) = log.find("latest".parse()?)? {
        println!("{run:#?}");
    }
    println!("{} runs in the log", log.list_all(None)?.len());
    Ok(())
}
