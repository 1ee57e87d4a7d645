//! A connection during one call: its statements and its transactions.

use super::errors::Problem;
use super::open::{Open, TimedOut};
use super::patience::Patience;
use super::value::Value;
use std::time::Instant;
use tokio_postgres::Row;

/// A connection during one call.
pub(super) struct Session {
    open: Open,
    patience: Patience,
    /// Whether the connection can be used for another call.
    is_usable: bool,
}

/// What a transaction sees of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transaction {
    Writes,
    /// Reads everything as of one moment.
    ReadsOneMoment,
}

impl Session {
    pub(super) fn new(open: Open, patience: Patience) -> Self {
        Self {
            open,
            patience,
            is_usable: true,
        }
    }

    /// The connection, if another call can use it.
    pub(super) fn into_usable(self) -> Option<Open> {
        self.is_usable.then_some(self.open)
    }

    pub(super) fn has_tables(&self) -> bool {
        self.open.has_tables
    }

    pub(super) fn note_tables(&mut self) {
        self.open.has_tables = true;
    }

    /// The rows of a statement.
    pub(super) fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Problem> {
        let parameters: Vec<_> = values.iter().map(Value::parameter).collect();
        let answer = self.open.client.query_typed(sql, &parameters);
        let waited = self.open.wait(self.patience.of_statement(), answer);
        self.noting(waited)
    }

    /// Executes a statement. Returns the number of rows that it changed.
    pub(super) fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, Problem> {
        let parameters: Vec<_> = values.iter().map(Value::parameter).collect();
        let answer = self.open.client.execute_typed(sql, &parameters);
        let waited = self.open.wait(self.patience.of_statement(), answer);
        self.noting(waited)
    }

    /// Executes statements without parameters.
    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Problem> {
        self.batch_until(self.patience.of_statement(), sql)
    }

    fn batch_until(&mut self, give_up: Instant, sql: &str) -> Result<(), Problem> {
        let answer = self.open.client.batch_execute(sql);
        let waited = self.open.wait(give_up, answer);
        self.noting(waited)
    }

    /// Calls `work` in a transaction, which is rolled back if it fails.
    pub(super) fn transaction<T>(
        &mut self,
        kind: Transaction,
        work: impl FnOnce(&mut Self) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.batch(match kind {
            Transaction::Writes => "BEGIN",
            Transaction::ReadsOneMoment => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        })?;
        let done = work(self).and_then(|done| {
            self.batch("COMMIT").map_err(Problem::of_commit)?;
            Ok(done)
        });
        if done.is_err() && self.is_usable {
            // The first error is the one to report. A connection that cannot roll back is not used again.
            let _ = self
                .batch("ROLLBACK")
                .inspect_err(|_| self.is_usable = false);
        }
        done
    }

    /// The result of a statement. After a timeout the connection still waits for the answer.
    fn noting<T>(
        &mut self,
        waited: Result<Result<T, tokio_postgres::Error>, TimedOut>,
    ) -> Result<T, Problem> {
        match waited {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                let problem = Problem::from(error);
                self.is_usable &= problem.leaves_connection() && !self.open.client.is_closed();
                Err(problem)
            }
            Err(_) => {
                self.is_usable = false;
                Err(Problem::TooSlow)
            }
        }
    }
}
