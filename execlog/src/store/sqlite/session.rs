use super::failing::Failing;
use crate::Result;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::ops::Deref;
use std::time::{Duration, Instant};

/// How long to wait for a lock that another process holds.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection for the time of one call, which waits for locks no longer than the busy timeout in
/// all, however many of them there are.
pub(super) struct Session<'a> {
    connection: &'a Connection,
    /// Only for a connection that is the log's own: the host's waits as the host has set it up.
    give_up: Option<Instant>,
}

impl<'a> Session<'a> {
    pub(super) fn own(connection: &'a Connection, give_up: Instant) -> Result<Self> {
        let session = Self {
            connection,
            give_up: Some(give_up),
        };
        session.wait_for_the_rest()?;
        Ok(session)
    }

    pub(super) fn shared(connection: &'a Connection) -> Self {
        Self {
            connection,
            give_up: None,
        }
    }

    /// When to give up, if the log may set the connection up.
    pub(super) fn give_up(&self) -> Option<Instant> {
        self.give_up
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
        let Some(give_up) = self.give_up else {
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
