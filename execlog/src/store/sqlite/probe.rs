//! Asks SQLite whether a file is a database.

use super::errors::{Failing, why_not_open};
use crate::error::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Whether SQLite takes the file for a database.
///
/// POSIX locks belong to the process: opening and closing a database by other means than SQLite drops
/// all locks that the process holds on it, even during a transaction. So SQLite reads the header. The
/// file is opened as immutable, so SQLite takes no lock, changes nothing and creates no file. Only the
/// header is read, which stays right even if the file does change.
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
        // A damaged database is still a database.
        Ok(_) | Err(Error::Sqlite { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// The URI that opens the file as immutable.
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
