//! A little indexer of Rust code that keeps a log of its runs.
//!
//! It parses every Rust file below a folder and counts files, symbols and references. Built with
//! `native-v2` it also writes them to a graph, and the log lives in that graph; built without, the
//! log is a SQLite file.

mod parse;
mod report;
mod storage;
mod walk;

use clap::Parser;
use execlog::{Counters, Invocation};
use indicatif::ProgressBar;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use storage::Storage;

/// Index the Rust files below a folder, and show the last runs.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The folder to index; what .gitignore names is left out
    dir: PathBuf,

    /// Where index and log are kept
    #[arg(long, value_name = "FILE", default_value = storage::DEFAULT_FILE)]
    db: PathBuf,
}

fn main() -> ExitCode {
    // What keeps a run out of the log is a warning.
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let arguments = Arguments::parse();
    let storage = match Storage::open(&arguments.db) {
        Ok(storage) => storage,
        Err(error) => {
            eprintln!("error: cannot open `{}`: {error}", arguments.db.display());
            return ExitCode::FAILURE;
        }
    };
    let log = storage.log();
    let invocation = Invocation::from_env()
        .tool_version(env!("CARGO_PKG_VERSION"))
        .root(&arguments.dir)
        .db_path(&arguments.db);
    let run = log.begin(invocation);
    let exit_code = match index(&arguments.dir, &storage, run.counters()) {
        Ok(index) => {
            println!("{index}");
            match index.problem() {
                None => run.succeed(),
                Some(problem) => run.partial(&problem),
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            run.fail(&error);
            ExitCode::FAILURE
        }
    };
    match log.runs().limit(report::LIMIT).into_iter().collect() {
        Ok(runs) => println!("\n{}", report::table(runs)),
        Err(error) => eprintln!("warning: {error}"),
    }
    exit_code
}

fn index(dir: &Path, storage: &Storage, counters: &Counters) -> io::Result<report::Index> {
    let (files, problems) = walk::rust_files(dir)?;
    let mut index = report::Index::skipping(problems);
    let progress = ProgressBar::new(files.len() as u64);
    for path in progress.wrap_iter(files.iter()) {
        match parse::file(path) {
            Ok(parsed) => {
                index.count(&parsed, counters);
                if index.storage_problem.is_none() {
                    index.storage_problem = storage.write(path, &parsed).err();
                }
            }
            Err(problem) => index.skip(path, &problem),
        }
    }
    progress.finish_and_clear();
    Ok(index)
}
