//! Interrupts statements that take too long.

use super::errors::Failing;
use crate::error::Result;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many steps SQLite takes between two checks of the time.
const STEPS: i32 = 4096;

/// Interrupts a connection's statement at a deadline.
///
/// The busy timeout limits only the waiting for locks. A damaged or malicious file may make a statement
/// run endlessly.
pub(super) struct TimeLimit {
    origin: Instant,
    /// In nanoseconds from the origin, or [`NONE`].
    end: Arc<AtomicU64>,
}

const NONE: u64 = u64::MAX;

impl TimeLimit {
    /// Installs a limit on the connection, without a deadline at first.
    pub(super) fn on(connection: &mut Connection) -> Result<Self> {
        let limit = Self {
            origin: Instant::now(),
            end: Arc::new(AtomicU64::new(NONE)),
        };
        let (origin, end) = (limit.origin, Arc::clone(&limit.end));
        let is_over = move || {
            let end = end.load(Ordering::Relaxed);
            end != NONE && nanoseconds(origin.elapsed()) > end
        };
        #[allow(
            clippy::unit_arg,
            reason = "it is a result in newer versions of rusqlite"
        )]
        let set = connection.progress_handler(STEPS, Some(is_over)).set();
        set.failing_on(connection)?;
        Ok(limit)
    }

    /// Interrupts statements that still run at this time.
    pub(super) fn set(&self, end: Instant) {
        let end = nanoseconds(end.saturating_duration_since(self.origin));
        self.end.store(end, Ordering::Relaxed);
    }

    /// Removes the deadline.
    pub(super) fn lift(&self) {
        self.end.store(NONE, Ordering::Relaxed);
    }
}

/// The return type of setting a handler: `()` in older versions of rusqlite, a `Result` in newer ones.
trait HandlerSet {
    fn set(self) -> rusqlite::Result<()>;
}

impl HandlerSet for () {
    fn set(self) -> rusqlite::Result<()> {
        Ok(self)
    }
}

impl HandlerSet for rusqlite::Result<()> {
    fn set(self) -> rusqlite::Result<()> {
        self
    }
}

fn nanoseconds(time: Duration) -> u64 {
    time.as_nanos().try_into().unwrap_or(NONE - 1)
}

#[cfg(test)]
mod tests {
    use super::TimeLimit;
    use rusqlite::{Connection, ErrorCode};
    use std::time::{Duration, Instant};

    const ENDLESS: &str = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) \
         SELECT count(*) FROM number";

    #[test]
    fn a_statement_without_an_end_is_ended_and_the_next_one_works() {
        let mut connection = Connection::open_in_memory().expect("opens");
        let limit = TimeLimit::on(&mut connection).expect("is set");
        limit.set(Instant::now() + Duration::from_millis(20));
        let ended = connection.query_row(ENDLESS, [], |row| row.get::<_, i64>(0));
        let code = ended.expect_err("it is ended").sqlite_error_code();
        assert_eq!(code, Some(ErrorCode::OperationInterrupted));
        limit.lift();
        let one = connection.query_row("SELECT 1", [], |row| row.get::<_, i64>(0));
        assert_eq!(one, Ok(1));
    }
}
