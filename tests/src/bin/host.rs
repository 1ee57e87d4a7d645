//! A host that records runs, for tests that kill it, stop it or start many copies of it.
//!
//! `host STORE PATH ACTION COUNT`: `STORE` is a kind of log in files, or `server`, whose `PATH` is a URL.
//! Prints acknowledged runs on standard output and warnings on standard error.
//!
//! - `record`: records COUNT runs, one after the other.
//! - `work`: the same, but each run takes two milliseconds.
//! - `execute`: starts and finishes COUNT runs, then aborts. Prints the runs that the log has
//!   acknowledged.
//! - `begin`: begins COUNT runs, then waits to be killed.
//! - `list`: prints every run and its status.
//! - `fork`: begins a run, forks, and records COUNT runs in each process. The child drops the run that
//!   it inherited, and the parent ends it.

use execlog::{ExecutionLog, Invocation, LocalLog};
use execlog_tests::subject::{in_files, open_with_locks};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

fn main() {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [store, path, action, count] = arguments.as_slice() else {
        panic!("usage: host STORE PATH ACTION COUNT");
    };
    let log = open(store, path);
    let count: usize = count.parse().expect("a number");
    match action.as_str() {
        "record" => (0..count).for_each(|_| record(&log, Duration::ZERO)),
        "work" => (0..count).for_each(|_| record(&log, Duration::from_millis(2))),
        "execute" => execute(&log, count),
        "begin" => begin(&log, count),
        "list" => list(&log),
        "fork" => fork(&log, count),
        other => panic!("unknown action `{other}`"),
    }
}

fn open(store: &str, path: &str) -> LocalLog {
    if store == "server" {
        return ExecutionLog::open(path).expect("a server");
    }
    let kind = in_files().into_iter().find(|(kind, _)| *kind == store);
    let (_, open) = kind.unwrap_or_else(|| panic!("this build has no store `{store}`"));
    open_with_locks(open, Path::new(path))
}

fn record(log: &LocalLog, work: Duration) {
    let run = log.begin(Invocation::from_env());
    let id = run.execution_id().to_owned();
    if run.is_recorded() {
        println!("began {id}");
    }
    run.counters().add_files(1);
    let began = Instant::now();
    while began.elapsed() < work {}
    run.succeed();
    println!("ended {id}");
}

fn execute(log: &LocalLog, count: usize) {
    for number in 0..count {
        let id = format!("{}-{number}", std::process::id());
        if log.start_execution(&id, "1", &[], None, "").is_ok() {
            println!("began {id}");
        }
        if log.finish_execution(&id, "success", None, 1, 2, 3).is_ok() {
            println!("ended {id}");
        }
    }
    // Closing the engine would flush once more.
    std::process::abort();
}

fn begin(log: &LocalLog, count: usize) {
    let runs: Vec<_> = (0..count)
        .map(|_| log.begin(Invocation::from_env()))
        .collect();
    for run in &runs {
        assert!(run.is_recorded());
        println!("began {}", run.execution_id());
    }
    let mut nothing = Vec::new();
    std::io::stdin().read_to_end(&mut nothing).expect("waits");
}

fn list(log: &LocalLog) {
    for run in log.runs() {
        let run = run.expect("the log reads");
        println!("{} {}", run.record.execution_id, run.status());
    }
}

#[cfg(unix)]
fn fork(log: &LocalLog, count: usize) {
    let run = log.begin(Invocation::from_env());
    // Forks before the process has a second thread.
    match fork::fork().expect("a child") {
        fork::Fork::Child => {
            drop(run);
            (0..count).for_each(|_| record(log, Duration::ZERO));
        }
        fork::Fork::Parent(child) => {
            (0..count).for_each(|_| record(log, Duration::ZERO));
            let status = fork::waitpid(child).expect("the child ends");
            assert_eq!(status, 0, "the child ends well");
            let held = log
                .find(run.execution_id().parse().expect("an id"))
                .expect("the log reads");
            let held = held.expect("the run is there").status();
            println!("meanwhile {held}");
            run.succeed();
        }
    }
}

#[cfg(not(unix))]
fn fork(_: &LocalLog, _: usize) {
    panic!("this system does not fork");
}
