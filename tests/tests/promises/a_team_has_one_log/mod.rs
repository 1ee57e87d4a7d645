//! The log of a team has the runs of every log that is shipped to it, as they are there.

mod many_shippers;
mod rights;
mod shipping;

use execlog::{ExecutionLog, LocalLog};
use execlog_tests::postgres::{Database, Server};

/// A database for the log of a team. `None` where PostgreSQL is not installed.
fn database() -> Option<Database<'static>> {
    Server::shared().map(Server::database)
}

/// The log of a team in this database.
fn team(database: &Database<'_>) -> LocalLog {
    ExecutionLog::open(database.url()).expect("a server")
}
