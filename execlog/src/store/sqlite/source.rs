use super::failing::{Failing, MEMORY};
use super::session::{BUSY_TIMEOUT, Session};
use crate::{Error, Result};
use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags};
use std::borrow::Cow;
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// Where the connection comes from.
pub(super) enum Source {
    /// Opened here, at first use.
    Own {
        place: Place,
        access: Access,
        connection: RefCell<Option<Connection>>,
    },
    /// The host's, which may hold the lock only between calls.
    Shared(Arc<Mutex<Connection>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    ReadAndWrite,
    Read,
}

pub(super) enum Place {
    File(PathBuf),
    Memory,
}

impl Source {
    pub(super) fn file(path: &Path) -> Self {
        Self::own(Place::named(path), Access::ReadAndWrite)
    }

    pub(super) fn read_only(path: &Path) -> Self {
        Self::own(Place::named(path), Access::Read)
    }

    pub(super) fn memory() -> Self {
        Self::own(Place::Memory, Access::ReadAndWrite)
    }

    pub(super) fn shared(connection: Arc<Mutex<Connection>>) -> Self {
        Self::Shared(connection)
    }

    fn own(place: Place, access: Access) -> Self {
        Self::Own {
            place,
            access,
            connection: RefCell::new(None),
        }
    }

    /// Runs `work` on a connection, to a file made here if there is none.
    pub(super) fn with_created<T>(
        &self,
        give_up: Instant,
        work: impl FnOnce(&Session) -> Result<T>,
    ) -> Result<T> {
        match self {
            Self::Shared(connection) => work_on_shared(connection, give_up, work),
            Self::Own {
                place,
                access: Access::Read,
                ..
            } => Err(Error::ReadOnly {
                path: place.path()?.to_owned(),
            }),
            Self::Own {
                place, connection, ..
            } => {
                let mut connection = connection.borrow_mut();
                let open = match &*connection {
                    Some(open) => open,
                    None => connection.insert(open(place, CREATE, give_up)?),
                };
                work(&Session::own(open, give_up)?)
            }
        }
    }

    /// Runs `work` on a connection, or gives `None` if there is no file.
    pub(super) fn with_existing<T>(
        &self,
        give_up: Instant,
        work: impl FnOnce(&Session) -> Result<T>,
    ) -> Result<Option<T>> {
        match self {
            Self::Shared(connection) => work_on_shared(connection, give_up, work).map(Some),
            Self::Own {
                place,
                access,
                connection,
            } => {
                let mut connection = connection.borrow_mut();
                let open = match &*connection {
                    Some(open) => open,
                    None if place.exists()? => {
                        connection.insert(open(place, access.flags(), give_up)?)
                    }
                    None => return Ok(None),
                };
                work(&Session::own(open, give_up)?).map(Some)
            }
        }
    }

    /// The file as the system knows it, or `None` where there is none, or only a device.
    pub(super) fn file_of(&self, connection: &Connection) -> Option<PathBuf> {
        let path = match self {
            Self::Own {
                place: Place::File(path),
                ..
            } => path,
            Self::Own { .. } => return None,
            Self::Shared(_) => Path::new(connection.path().filter(|path| !path.is_empty())?),
        };
        fs::canonicalize(path).ok().filter(|file| file.is_file())
    }

    pub(super) fn connect(&self) -> Result<Connection> {
        let kept = match self {
            Self::Own { place, access, .. } => match place {
                Place::File(path) if *access == Access::Read => {
                    let path = path.clone();
                    return Err(Error::ReadOnly { path });
                }
                Place::File(_) => {
                    let give_up = Instant::now() + BUSY_TIMEOUT;
                    return open(place, CREATE, give_up);
                }
                Place::Memory => "in memory",
            },
            Self::Shared(_) => "on a connection of the host",
        };
        Err(Error::NoConnection { kept })
    }
}

/// To open a file that is made if it is missing.
const CREATE: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_CREATE);

impl Access {
    fn flags(self) -> OpenFlags {
        match self {
            Self::ReadAndWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Self::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        }
    }
}

impl Place {
    fn named(path: &Path) -> Self {
        if path == Path::new(MEMORY) {
            return Self::Memory;
        }
        // The process may go to another folder. An empty name is left as it is, to be refused.
        Self::File(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
    }

    fn path(&self) -> Result<&Path> {
        match self {
            // SQLite takes it for a database that is gone when the connection is closed.
            Self::File(path) if path.as_os_str().is_empty() => Err(Error::Open {
                path: path.clone(),
                reason: "the name is empty; name a file".to_owned(),
            }),
            Self::File(path) => Ok(path),
            Self::Memory => Ok(Path::new(MEMORY)),
        }
    }

    fn exists(&self) -> Result<bool> {
        let path = self.path()?;
        if let Self::Memory = self {
            return Ok(true);
        }
        path.try_exists().map_err(|error| Error::Open {
            path: path.to_owned(),
            reason: error.to_string(),
        })
    }
}

/// Waits for the host's lock as long as for one of another process: the host may hold it itself.
fn work_on_shared<T>(
    connection: &Mutex<Connection>,
    give_up: Instant,
    work: impl FnOnce(&Session) -> Result<T>,
) -> Result<T> {
    match connection.try_lock_until(give_up) {
        Some(connection) => work(&Session::shared(&connection)),
        None => Err(Error::ConnectionInUse),
    }
}

fn open(place: &Place, flags: OpenFlags, give_up: Instant) -> Result<Connection> {
    let path = place.path()?;
    // SQLite takes a file of one byte for an empty one, and writes over it.
    if path.metadata().is_ok_and(|metadata| metadata.len() == 1) {
        return Err(Error::NotADatabase {
            path: path.to_owned(),
        });
    }
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(as_plain_name(path), flags);
    let connection = opened.map_err(|error| Error::Open {
        path: path.to_owned(),
        reason: why_not_open(path, &error),
    })?;
    let left = give_up.saturating_duration_since(Instant::now());
    connection.busy_timeout(left).failing_on(&connection)?;
    // In a rollback journal this mode could lose an acknowledged run to a power cut.
    if journal_mode(&connection)? == "wal" {
        connection
            .execute_batch("PRAGMA synchronous = NORMAL")
            .failing_on(&connection)?;
    }
    Ok(connection)
}

/// A name that starts with `file:` is just that file. The bundled SQLite is built to take it for
/// an address, whatever the flags say, but only where it stands first.
fn as_plain_name(path: &Path) -> Cow<'_, Path> {
    if path.to_string_lossy().starts_with("file:") {
        Cow::Owned(Path::new(".").join(path))
    } else {
        Cow::Borrowed(path)
    }
}

fn why_not_open(path: &Path, error: &rusqlite::Error) -> String {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    match parent {
        _ if path.is_dir() => "it is a folder; name a file in it".to_owned(),
        Some(parent) if !parent.is_dir() => {
            format!(
                "the folder `{}` does not exist; make it first",
                parent.display()
            )
        }
        _ => error.to_string(),
    }
}

fn journal_mode(connection: &Connection) -> Result<String> {
    connection
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .failing_on(connection)
}

/// Switches to a write-ahead log, with the syncs that go with one.
///
/// SQLite does not wait for a lock here, and several processes may meet at a new file, so this
/// tries again for as long as the busy timeout. A file system without shared memory stays with its
/// rollback journal.
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
