//! A log in a tool that runs on tokio: runs at the same time on several threads, and one that is cancelled.
//!
//! Each folder is a run, and all of them go on at once. A watcher is a run, too: it never ends by itself, and is
//! cancelled when the folders are done.

use clap::Parser;
use execlog::{Counters, ExecutionLog, Invocation};
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{future, io};
use tokio::fs;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Count the lines of the files in some folders.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The folders
    dirs: Vec<PathBuf>,

    /// Where the runs are recorded
    #[arg(long, value_name = "FILE", default_value = "tokio_host.db")]
    db: PathBuf,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> execlog::Result<ExitCode> {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let Arguments { dirs, db } = Arguments::parse();
    let log = ExecutionLog::new(&db);

    let (sender, watching) = oneshot::channel();
    let watcher = tokio::spawn(watch(log.clone(), sender));
    let mut indexing = JoinSet::new();
    for dir in dirs {
        indexing.spawn(index(log.clone(), dir));
    }
    let mut code = ExitCode::SUCCESS;
    while let Some(ended) = indexing.join_next().await {
        match ended {
            Ok(Ok((dir, lines))) => println!("{}: {lines} lines", dir.display()),
            Ok(Err(error)) => {
                eprintln!("error: {error}");
                code = ExitCode::FAILURE;
            }
            Err(error) => {
                eprintln!("error: a task failed: {error}");
                code = ExitCode::FAILURE;
            }
        }
    }

    // An aborted task drops its run, which is recorded as cancelled.
    if watching.await.is_ok() {
        watcher.abort();
    }
    if let Err(error) = watcher.await
        && !error.is_cancelled()
    {
        eprintln!("error: the watcher failed: {error}");
    }

    for run in log.runs().as_added() {
        let run = run?;
        let arguments = run.record.arguments()?.join(" ");
        let message = run.record.error_message.as_deref().unwrap_or_default();
        println!("{arguments}: {} {message}", run.status());
    }
    Ok(code)
}

async fn index(log: ExecutionLog, dir: PathBuf) -> io::Result<(PathBuf, usize)> {
    let invocation = Invocation::new(["index".into(), dir.to_string_lossy()])
        .tool_version(env!("CARGO_PKG_VERSION"))
        .root(&dir);
    let lines = log
        .record_async(invocation, async |run| {
            count_lines(&dir, run.counters()).await
        })
        .await?;
    Ok((dir, lines))
}

async fn count_lines(dir: &Path, counters: &Counters) -> io::Result<usize> {
    let mut lines = 0;
    let mut entries = fs::read_dir(dir).await?;
    while let Some(entry) = entries.next_entry().await? {
        if entry.file_type().await?.is_file() {
            lines += fs::read_to_string(entry.path()).await?.lines().count();
            counters.add_files(1);
        }
    }
    Ok(lines)
}

/// Waits for changes until it is cancelled. What a tool does about a change is left out.
async fn watch(log: ExecutionLog, begun: oneshot::Sender<()>) -> Result<Infallible, String> {
    log.record_async(Invocation::new(["watch"]), async |_| {
        begun.send(()).map_err(|()| "nobody waits for this")?;
        future::pending().await
    })
    .await
}
