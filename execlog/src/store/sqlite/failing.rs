use crate::{Error, Result};
use rusqlite::{Connection, ErrorCode};
use std::path::PathBuf;

/// Where SQLite's own name for a database in memory stands.
pub(super) const MEMORY: &str = ":memory:";

/// The file behind a connection, for messages.
pub(super) fn path(connection: &Connection) -> PathBuf {
    match connection.path() {
        Some(path) if !path.is_empty() => PathBuf::from(path),
        _ => PathBuf::from(MEMORY),
    }
}

/// Turns what SQLite reports into what a user can act on.
pub(super) trait Failing<T> {
    fn failing_on(self, connection: &Connection) -> Result<T>;
}

impl<T> Failing<T> for rusqlite::Result<T> {
    fn failing_on(self, connection: &Connection) -> Result<T> {
        self.map_err(|source| {
            let path = path(connection);
            let code = source.sqlite_error().map(|error| error.extended_code);
            if code == Some(rusqlite::ffi::SQLITE_READONLY_ROLLBACK) {
                let reason =
                    "a write to it was cut off: open it once with a program that writes to \
                     it, which finishes that"
                        .to_owned();
                return Error::Open { path, reason };
            }
            match source.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => Error::NotADatabase { path },
                Some(ErrorCode::ReadOnly) => Error::ReadOnly { path },
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { path },
                Some(ErrorCode::CannotOpen) => Error::Open {
                    path,
                    reason: format!("{source}; allow writing in its folder"),
                },
                _ => Error::Sqlite { path, source },
            }
        })
    }
}
