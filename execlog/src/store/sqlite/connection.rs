//! A connection that the log opens itself, often to the file of a host.

use super::errors::{Failing, why_not_open};
use super::place::{Access, Place, as_plain_name};
use super::time_limit::TimeLimit;
use super::{journal, own_file};
use crate::error::{Error, Result};
use crate::store::file_identity::FileIdentity;
use crate::store::private;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The log's own connection and its file.
pub(super) struct OwnConnection {
    connection: Connection,
    limit: TimeLimit,
    /// `None` for an in-memory database.
    path: Option<PathBuf>,
    file: Option<FileIdentity>,
    /// The process that opened the connection. A forked process must not use it.
    process: u32,
}

/// Whether an open connection can still be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    /// The file was removed, or another file has its name.
    OfAnotherFile,
    /// This process was forked from the one that opened the connection.
    OfAnotherProcess,
}

impl OwnConnection {
    pub(super) fn open(place: &Place, access: Access, give_up: Instant) -> Result<Self> {
        let mut connection = open(place, access, give_up)?;
        // Keeps triggers and functions in a host's schema from running code in this process.
        set(&connection, DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        set(&connection, DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        set(&connection, NO_CHECKPOINT_ON_CLOSE, true)?;
        // Set by pragma, because rusqlite lacks a name for this setting with the system's SQLite.
        connection
            .execute_batch("PRAGMA trusted_schema = OFF")
            .failing_on(&connection)?;
        let path = match place {
            Place::File(path) => Some(path.clone()),
            Place::Memory => None,
        };
        Ok(Self {
            limit: TimeLimit::on(&mut connection)?,
            connection,
            file: path.as_deref().and_then(identity),
            path,
            process: std::process::id(),
        })
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn limit(&self) -> &TimeLimit {
        &self.limit
    }

    pub(super) fn standing(&self) -> Standing {
        let Some(path) = &self.path else {
            return Standing::Good;
        };
        if self.process != std::process::id() {
            Standing::OfAnotherProcess
        } else if self.file.is_some() && identity(path) != self.file {
            Standing::OfAnotherFile
        } else {
            Standing::Good
        }
    }
}

impl Drop for OwnConnection {
    /// Lets the last connection to a log's own file checkpoint the write-ahead log.
    ///
    /// In the file of a host it must not. SQLite decides by the locks whether a connection is the last.
    /// A host that has read its database by other means has dropped its own locks, as magellan 4.17
    /// does. SQLite would then delete the write-ahead log while the host writes to it. After a fork, or
    /// if another file has the path, SQLite would be wrong in the same way.
    fn drop(&mut self) {
        // A checkpoint on close is not worth waiting for a lock.
        let is_ready = self.connection.busy_timeout(Duration::ZERO).is_ok();
        self.limit.lift();
        if is_ready
            && self.standing() == Standing::Good
            && own_file::is_own(&self.connection).unwrap_or(false)
        {
            let _ = set(&self.connection, NO_CHECKPOINT_ON_CLOSE, false);
        }
    }
}

const NO_CHECKPOINT_ON_CLOSE: DbConfig = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;

/// Opens a connection for the host's own use.
pub(super) fn for_host(place: &Place, give_up: Instant) -> Result<Connection> {
    let connection = open(place, Access::Create, give_up)?;
    if !own_file::is_own(&connection)? {
        set(&connection, NO_CHECKPOINT_ON_CLOSE, true)?;
    }
    Ok(connection)
}

fn set(connection: &Connection, config: DbConfig, value: bool) -> Result<()> {
    connection
        .set_db_config(config, value)
        .failing_on(connection)
        .map(drop)
}

fn identity(path: &Path) -> Option<FileIdentity> {
    FileIdentity::of(path).ok().flatten()
}

fn open(place: &Place, access: Access, give_up: Instant) -> Result<Connection> {
    let path = place.path()?;
    let is_new = match path.metadata() {
        _ if *place == Place::Memory => false,
        Ok(metadata) if metadata.is_file() => {
            refuse_one_byte(path, metadata.len())?;
            false
        }
        Ok(metadata) if metadata.is_dir() => false,
        // On a pipe SQLite would block, and beside a device it would leave a journal.
        Ok(_) => {
            return Err(Error::Open {
                path: path.to_owned(),
                reason: "it is not a regular file; name a file".to_owned(),
            });
        }
        Err(_) => access == Access::Create,
    };
    // Created here with private permissions: SQLite would follow the umask. SQLite still creates the
    // file if this fails, on a file system without hard links or through a link to a missing file.
    let made_by_sqlite =
        is_new && !private::create_closed_file(path).unwrap_or(false) && !path.exists();
    let opened = Connection::open_with_flags(as_plain_name(path), access.flags());
    let connection = opened.map_err(|error| Error::Open {
        path: path.to_owned(),
        reason: why_not_open(path, &error),
    })?;
    if made_by_sqlite {
        let _ = private::restrict(path);
    }
    let left = give_up.saturating_duration_since(Instant::now());
    connection.busy_timeout(left).failing_on(&connection)?;
    // In a rollback journal a power cut could lose an acknowledged run with NORMAL. With FULL too: it
    // does not sync the folder after removing the journal.
    let synchronous = match journal::mode(&connection)?.as_str() {
        "wal" => "NORMAL",
        _ => "EXTRA",
    };
    connection
        .execute_batch(&format!("PRAGMA synchronous = {synchronous}"))
        .failing_on(&connection)?;
    Ok(connection)
}

/// Refuses a file of one byte: SQLite takes it for an empty one and overwrites it.
fn refuse_one_byte(path: &Path, length: u64) -> Result<()> {
    if length == 1 {
        return Err(Error::NotADatabase {
            path: path.to_owned(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{NO_CHECKPOINT_ON_CLOSE, OwnConnection, for_host};
    use crate::store::sqlite::place::{Access, Place};
    use rusqlite::Connection;
    use rusqlite::config::DbConfig;
    use std::time::Instant;

    #[test]
    fn a_connection_of_our_own_trusts_nothing_in_the_file_and_one_for_the_host_is_as_usual() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("code.db");
        let host = Connection::open(&file).expect("opens");
        host.execute_batch("CREATE TABLE host (a)")
            .expect("a host's file");
        let place = Place::named(&file);
        let own = OwnConnection::open(&place, Access::ReadAndWrite, Instant::now());
        let own = own.expect("opens");
        let for_host = for_host(&place, Instant::now()).expect("opens");
        for (config, of_own, of_host) in [
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false, true),
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true, false),
            (NO_CHECKPOINT_ON_CLOSE, true, true),
        ] {
            assert_eq!(own.connection().db_config(config), Ok(of_own), "{config:?}");
            assert_eq!(for_host.db_config(config), Ok(of_host), "{config:?}");
        }
        for (connection, is_trusted) in [(own.connection(), false), (&for_host, true)] {
            let trusted = connection.query_row("PRAGMA trusted_schema", [], |row| row.get(0));
            assert_eq!(trusted, Ok(is_trusted));
        }
    }
}
