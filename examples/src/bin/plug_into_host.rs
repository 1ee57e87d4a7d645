//! The smallest change that puts a log into a tool, here one that counts lines: a log, what is run,
//! and a closure around the work.
//!
//! Whatever becomes of the log, what the tool prints and how it ends stays the same.

use clap::Parser;
use execlog::{Counters, ExecutionLog, Invocation};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

/// Count the lines of the files in a folder.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The folder
    dir: PathBuf,

    /// Where the runs are recorded
    #[arg(long, value_name = "FILE", default_value = "plug_into_host.db")]
    db: PathBuf,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let Arguments { dir, db } = Arguments::parse();

    let log = ExecutionLog::new(&db);
    let invocation = Invocation::from_env()
        .tool_version(env!("CARGO_PKG_VERSION"))
        .root(&dir);
    match log.record(invocation, |run| count_lines(&dir, run.counters())) {
        Ok(lines) => {
            println!("{lines} lines");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: cannot read `{}`: {error}", dir.display());
            ExitCode::FAILURE
        }
    }
}

fn count_lines(dir: &Path, counters: &Counters) -> io::Result<usize> {
    let mut lines = 0;
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_file() {
            lines += fs::read_to_string(&path)?.lines().count();
            counters.add_files(1);
        }
    }
    Ok(lines)
}
