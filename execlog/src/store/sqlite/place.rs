//! Where a database is that the log opens itself, and for what it opens it.

use super::errors::MEMORY;
use crate::error::{Error, Result};
use rusqlite::OpenFlags;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    File(PathBuf),
    Memory,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    /// A missing file is not made.
    ReadAndWrite,
    Create,
}

impl Place {
    pub(super) fn named(path: &Path) -> Self {
        if path == Path::new(MEMORY) {
            return Self::Memory;
        }
        // The process may go to another folder. An empty name is left as it is, to be refused.
        Self::File(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
    }

    pub(super) fn path(&self) -> Result<&Path> {
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

    /// The error of a call that waited in vain for another thread.
    pub(super) fn busy(&self) -> Error {
        let path = match self {
            Self::File(path) => path.clone(),
            Self::Memory => PathBuf::from(MEMORY),
        };
        Error::Busy { path }
    }

    pub(super) fn exists(&self) -> Result<bool> {
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

impl Access {
    pub(super) fn flags(self) -> OpenFlags {
        let access = match self {
            Self::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Self::ReadAndWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Self::Create => OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_CREATE),
        };
        access | OpenFlags::SQLITE_OPEN_NO_MUTEX
    }
}

/// A name that starts with `file:` is just that file. The bundled SQLite is built to take it for
/// an address, whatever the flags say, but only where it stands first.
pub(super) fn as_plain_name(path: &Path) -> Cow<'_, Path> {
    if path.to_string_lossy().starts_with("file:") {
        Cow::Owned(Path::new(".").join(path))
    } else {
        Cow::Borrowed(path)
    }
}
