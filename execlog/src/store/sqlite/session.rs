//! A connection for the time of one call.

use super::connection::OwnConnection;
use super::errors::Failing;
use super::time_limit::TimeLimit;
use crate::error::Result;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::ops::Deref;
use std::time::Instant;

/// A connection for the time of one call, which waits for locks no longer than the busy timeout in
/// all, however many of them there are.
pub(super) struct Session<'a> {
    connection: &'a Connection,
    /// `None` for a connection of the host's, which waits as the host has set it up.
    own: Option<Own<'a>>,
}

/// What the log may set on a connection of its own.
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

    /// When to give up, if the log may set the connection up.
    pub(super) fn give_up(&self) -> Option<Instant> {
        self.own.map(|own| own.give_up)
    }

    /// Ends what this session does when a lock would no longer be waited for. For the calls that a
    /// host makes while it works, and not for those that read or change the whole log.
    pub(super) fn keep_short(&self) {
        if let Some(Own { give_up, limit }) = self.own {
            limit.set(give_up);
        }
    }

    /// Does all of `work` or nothing of it, also within a transaction of the host's.
    ///
    /// Takes the lock for writing at once: a transaction that has read before is refused without
    /// waiting if another process has written since.
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

    /// Reads the database as it is at one moment, whoever writes to it meanwhile.
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
