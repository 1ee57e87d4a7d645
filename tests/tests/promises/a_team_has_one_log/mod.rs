//! The log of a team has the runs of every log that is shipped to it, as they are there.

mod a_commit_without_an_answer;
mod a_host_with_a_runtime_or_a_child;
mod a_server_that_fails;
#[cfg(feature = "postgres-tls")]
mod a_server_with_tls;
mod many_shippers;
mod rights;
mod runs_that_are_refused;
mod shipping;
mod statistics;

use execlog::{ExecutionLog, LocalLog, RunEntry};
use execlog_tests::postgres::{Database, Server};

/// A database for the log of a team. `None` where PostgreSQL is not installed.
fn database() -> Option<Database<'static>> {
    Server::shared().map(Server::database)
}

/// The log of a team in this database.
fn team(database: &Database<'_>) -> LocalLog {
    ExecutionLog::open(database.url()).expect("a server")
}

/// The runs of a log without their numbers, by their ids.
fn runs(log: &LocalLog) -> Vec<RunEntry> {
    let runs: Result<Vec<_>, _> = log.runs().into_iter().collect();
    let mut runs = runs.expect("runs");
    runs.sort_by(|one, other| one.record.execution_id.cmp(&other.record.execution_id));
    for run in &mut runs {
        run.record.id = 0;
    }
    runs
}

fn assert_sound(log: &LocalLog) {
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (vec![], vec![]));
}
