//! The source of a log's connection.

use super::connection::{self, OwnConnection, Standing};
use super::place::{Access, Place};
use super::session::Session;
use crate::error::{Error, Result};
use crate::store::deadline::BUSY_TIMEOUT;
use parking_lot::{Mutex, MutexGuard};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

pub(super) enum Source {
    /// Opened by the log at first use.
    Own {
        place: Place,
        is_read_only: bool,
        open: Mutex<Option<Box<OwnConnection>>>,
        /// How often the file was found removed or replaced.
        replacements: AtomicU64,
    },
    /// The host's connection. The host must not hold the lock during a call.
    Shared(Arc<Mutex<Connection>>),
}

impl Source {
    pub(super) fn file(path: &Path) -> Self {
        Self::own(Place::named(path), false)
    }

    pub(super) fn read_only(path: &Path) -> Self {
        Self::own(Place::named(path), true)
    }

    pub(super) fn memory() -> Self {
        Self::own(Place::Memory, false)
    }

    pub(super) fn shared(connection: Arc<Mutex<Connection>>) -> Self {
        Self::Shared(connection)
    }

    fn own(place: Place, is_read_only: bool) -> Self {
        Self::Own {
            place,
            is_read_only,
            open: Mutex::new(None),
            replacements: AtomicU64::new(0),
        }
    }

    /// Runs `work` on a connection. Creates the file if it is missing.
    pub(super) fn with_created<T>(
        &self,
        give_up: Instant,
        work: impl FnOnce(&Session) -> Result<T>,
    ) -> Result<T> {
        match self {
            Self::Shared(connection) => work_on_shared(connection, give_up, work),
            Self::Own {
                place,
                is_read_only: true,
                ..
            } => Err(Error::ReadOnly {
                path: place.path()?.to_owned(),
            }),
            Self::Own { place, open, .. } => {
                let mut open = lock(open, place, give_up)?;
                let open = match &*open {
                    Some(open) => open,
                    None => {
                        open.insert(OwnConnection::open(place, Access::Create, give_up)?.into())
                    }
                };
                work(&Session::own(open, give_up)?)
            }
        }
    }

    /// Runs `work` on a connection, or gives `None` if the file does not exist.
    pub(super) fn with_existing<T>(
        &self,
        give_up: Instant,
        work: impl FnOnce(&Session) -> Result<T>,
    ) -> Result<Option<T>> {
        match self {
            Self::Shared(connection) => work_on_shared(connection, give_up, work).map(Some),
            Self::Own {
                place,
                is_read_only,
                open,
                ..
            } => {
                let access = if *is_read_only {
                    Access::Read
                } else {
                    Access::ReadAndWrite
                };
                let mut open = lock(open, place, give_up)?;
                let open = match &*open {
                    Some(open) => open,
                    None if place.exists()? => {
                        open.insert(OwnConnection::open(place, access, give_up)?.into())
                    }
                    None => return Ok(None),
                };
                work(&Session::own(open, give_up)?).map(Some)
            }
        }
    }

    /// Closes a connection that can no longer be used, so that the next call opens another. Calls
    /// `forget` before other threads can open it. Returns how often the file was replaced so far.
    ///
    /// Costs a look at the file's metadata. Does nothing while another thread uses the connection.
    pub(super) fn renew(&self, forget: impl FnOnce()) -> u64 {
        let Self::Own {
            open, replacements, ..
        } = self
        else {
            return 0;
        };
        if let Some(mut open) = open.try_lock()
            && let Some(standing) = open.as_ref().map(|open| open.standing())
            && standing != Standing::Good
        {
            *open = None;
            forget();
            if standing == Standing::OfAnotherFile {
                replacements.fetch_add(1, Ordering::AcqRel);
            }
        }
        replacements.load(Ordering::Acquire)
    }

    /// How often the file was found removed or replaced.
    pub(super) fn replacements(&self) -> u64 {
        match self {
            Self::Own { replacements, .. } => replacements.load(Ordering::Acquire),
            Self::Shared(_) => 0,
        }
    }

    /// The error of a call that timed out waiting for another thread.
    pub(super) fn busy(&self) -> Error {
        match self {
            Self::Own { place, .. } => place.busy(),
            Self::Shared(_) => Error::ConnectionInUse,
        }
    }

    pub(super) fn is_read_only(&self) -> bool {
        matches!(
            self,
            Self::Own {
                is_read_only: true,
                ..
            }
        )
    }

    /// Whether a write may vanish: the host may roll it back, or the database is in memory.
    pub(super) fn may_be_undone(&self) -> bool {
        match self {
            Self::Own { place, .. } => *place == Place::Memory,
            Self::Shared(connection) => connection.try_lock().is_none_or(|connection| {
                let is_in_memory = connection.path().is_none_or(str::is_empty);
                is_in_memory || !connection.is_autocommit()
            }),
        }
    }

    /// The canonical path of the file, or `None` if there is no regular file.
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
            Self::Own {
                place,
                is_read_only,
                ..
            } => match place {
                Place::File(path) if *is_read_only => {
                    let path = path.clone();
                    return Err(Error::ReadOnly { path });
                }
                Place::File(_) => {
                    return connection::for_host(place, Instant::now() + BUSY_TIMEOUT);
                }
                Place::Memory => "in memory",
            },
            Self::Shared(_) => "on a connection of the host",
        };
        Err(Error::NoConnection { kept })
    }
}

/// Waits for the host's other threads up to the busy timeout, as for other processes.
fn lock<'a, T>(
    connection: &'a Mutex<T>,
    place: &Place,
    give_up: Instant,
) -> Result<MutexGuard<'a, T>> {
    let connection = connection.try_lock_until(give_up);
    connection.ok_or_else(|| place.busy())
}

/// Waits for the host's lock up to the busy timeout. The calling thread itself may hold it.
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
