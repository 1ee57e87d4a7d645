//! The journal of a file: a write-ahead log if the log created the file.

use super::errors::Failing;
use crate::error::{Error, Result};
use rusqlite::Connection;
use std::thread;
use std::time::{Duration, Instant};

/// The journal mode of a file, as SQLite names it.
pub(super) fn mode(connection: &Connection) -> Result<String> {
    connection
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .failing_on(connection)
}

/// Switches to a write-ahead log, and to the matching sync mode.
///
/// SQLite does not wait for a lock here, and several processes may open a new file at once. So this
/// retries until the busy timeout is over. On a file system without shared memory the rollback journal
/// stays.
pub(super) fn use_wal(connection: &Connection, give_up: Instant) -> Result<()> {
    loop {
        let switched = connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| {
                row.get::<_, String>(0)
            })
            .failing_on(connection);
        match switched {
            Err(Error::Busy { .. }) if Instant::now() < give_up => {
                thread::sleep(Duration::from_millis(2));
            }
            Ok(mode) if mode == "wal" => {
                return connection
                    .execute_batch("PRAGMA synchronous = NORMAL")
                    .failing_on(connection);
            }
            other => return other.map(drop),
        }
    }
}
