//! A connection for the duration of one call.

use super::connection::OwnConnection;
use super::errors::Failing;
use super::time_limit::TimeLimit;
use crate::error::Result;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::ops::Deref;
use std::time::Instant;

/// A connection for the duration of one call. All its lock waits together take no longer than the busy
/// timeout.
pub(super) struct Session<'a> {
    connection: &'a Connection,
    /// `None` for a connection of the host, which keeps the host's settings.
    own: Option<Own<'a>>,
}

/// The settings that the log may change on its own connection.
#[derive(Clone, Copy)]
struct Own<'a> {
    give_up: Instant,
    limit: &'a TimeLimit,
}

impl<'a> Session<'a> {
    pub(super) fn own(connection: &'a OwnConnection, give_up: Instant) -> Result<Self> {
        let limit = connection.limit();
        limit.lift();
        let session = Self {
            connection: connection.connection(),
            own: Some(Own { give_up, limit }),
        };
        session.wait_for_the_rest()?;
        Ok(session)
    }

    pub(super) fn shared(connection: &'a Connection) -> Self {
        Self {
            connection,
            own: None,
        }
    }

    /// The deadline of the call, if the log may change the connection's settings.
    pub(super) fn give_up(&self) -> Option<Instant> {
        self.own.map(|own| own.give_up)
    }

    /// Interrupts statements at the deadline of the call. For calls that a host makes while it works,
    /// and not for those that read or change the whole log.
    pub(super) fn keep_short(&self) {
        if let Some(Own { give_up, limit }) = self.own {
            limit.set(give_up);
        }
    }

    /// Runs `work` atomically, even within a transaction of the host.
    ///
    /// Takes the write lock at once: a transaction that has read first fails without waiting if another
    /// process has written since.
    pub(super) fn atomically<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        if !self.connection.is_autocommit() {
            return self.within_transaction(work);
        }
        self.wait_for_the_rest()?;
        let transaction =
            Transaction::new_unchecked(self.connection, TransactionBehavior::Immediate)
                .failing_on(self.connection)?;
        let done = work(self)?;
        self.wait_for_the_rest()?;
        transaction.commit().failing_on(self.connection)?;
        Ok(done)
    }

    /// Reads one snapshot of the database, whatever other processes write meanwhile.
    pub(super) fn at_one_moment<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        if !self.connection.is_autocommit() {
            return work(self);
        }
        let _ends_with_this =
            Transaction::new_unchecked(self.connection, TransactionBehavior::Deferred)
                .failing_on(self.connection)?;
        work(self)
    }

    fn within_transaction<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        let run = |sql| {
            self.connection
                .execute_batch(sql)
                .failing_on(self.connection)
        };
        run("SAVEPOINT execlog")?;
        match work(self) {
            Ok(done) => {
                run("RELEASE execlog")?;
                Ok(done)
            }
            Err(error) => {
                run("ROLLBACK TO execlog; RELEASE execlog")?;
                Err(error)
            }
        }
    }

    fn wait_for_the_rest(&self) -> Result<()> {
        let Some(give_up) = self.give_up() else {
            return Ok(());
        };
        let left = give_up.saturating_duration_since(Instant::now());
        let waited = self.connection.busy_timeout(left);
        waited.failing_on(self.connection)
    }
}

impl Deref for Session<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}
