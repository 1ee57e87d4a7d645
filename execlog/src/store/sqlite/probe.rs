//! Whether a file is a database, told by SQLite.

use super::errors::{Failing, why_not_open};
use crate::error::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Whether SQLite takes the file for a database.
///
/// Whoever opens and closes a database by other means than SQLite drops every lock that its process
/// holds on it, in the middle of a transaction too: POSIX locks belong to the process. So SQLite reads
/// the header. It takes no lock, changes nothing and makes no file, for it is told that the file does
/// not change; what it would read wrong in a file that does is not asked for.
pub(crate) fn is_database(file: &Path) -> Result<bool> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(address(file), flags).map_err(|error| Error::Open {
            path: file.to_owned(),
            reason: why_not_open(file, &error),
        })?;
    let version = connection
        .query_row("PRAGMA schema_version", [], |row| row.get::<_, i64>(0))
        .failing_on(&connection);
    match version {
        Err(Error::NotADatabase { .. }) => Ok(false),
        // A damaged database is one.
        Ok(_) | Err(Error::Sqlite { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// The file as an address by which SQLite reads it as one that does not change.
fn address(file: &Path) -> String {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let mut address = String::from("file:");
    for &byte in file.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                address.push(char::from(byte));
            }
            _ => address.extend(format!("%{byte:02X}").chars()),
        }
    }
    address + "?immutable=1"
}
