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
use execlog::{ExecutionLog, Outcome};
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
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
    let arguments = Arguments::parse();
    let storage = match Storage::open(&arguments.db) {
        Ok(storage) => storage,
        Err(error) => {
            eprintln!("error: cannot open `{}`: {error}", arguments.db.display());
            return ExitCode::FAILURE;
        }
    };
    let log = storage.log();
    let run = start(&log, &arguments);
    let indexed = index(&arguments.dir, &storage);
    if let Some(id) = &run {
        finish(&log, id, &indexed);
    }

    let exit_code = match &indexed {
        Ok(index) => {
            println!("{index}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    };
    match log.get_recent(report::LIMIT) {
        Ok(runs) => println!("\n{}", report::table(&runs)),
        Err(error) => warn(&error),
    }
    exit_code
}

/// Records the start, and gives the run's id if it is in the log.
///
/// A log that cannot be written is no reason not to index.
fn start(log: &ExecutionLog, arguments: &Arguments) -> Option<String> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let id = format!("{:x}-{:x}", now.as_millis(), std::process::id());
    let args: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let root = arguments.dir.to_string_lossy();
    let db = arguments.db.to_string_lossy();
    let started = log.start_execution(&id, env!("CARGO_PKG_VERSION"), &args, Some(&root), &db);
    started.inspect_err(warn).ok().map(|_| id)
}

fn finish(log: &ExecutionLog, id: &str, indexed: &Result<report::Index, String>) {
    let finished = match indexed {
        Ok(index) => log.finish_execution(
            id,
            index.outcome(),
            index.problem().as_deref(),
            index.files,
            index.symbols,
            index.references,
        ),
        Err(error) => log.finish_execution(id, Outcome::Error, Some(error), 0, 0, 0),
    };
    if let Err(error) = finished {
        warn(&error);
    }
}

fn warn(error: &execlog::Error) {
    eprintln!("warning: {error}");
}

fn index(dir: &Path, storage: &Storage) -> Result<report::Index, String> {
    let (files, problems) = walk::rust_files(dir)?;
    let mut index = report::Index::skipping(problems);
    let progress = ProgressBar::new(files.len() as u64);
    for path in progress.wrap_iter(files.iter()) {
        match parse::file(path) {
            Ok(parsed) => {
                index.count(&parsed);
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
