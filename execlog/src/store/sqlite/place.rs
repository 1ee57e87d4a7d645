//! The place of a database that the log opens itself, and the access mode.

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
    /// Does not create a missing file.
    ReadAndWrite,
    Create,
}

impl Place {
    pub(super) fn named(path: &Path) -> Self {
        if path == Path::new(MEMORY) {
            return Self::Memory;
        }
        // Absolute, since the process may change its working directory. An empty name stays empty and
        // is refused below.
        Self::File(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
    }

    pub(super) fn path(&self) -> Result<&Path> {
        match self {
            // For an empty name SQLite opens a temporary database that is deleted on close.
            Self::File(path) if path.as_os_str().is_empty() => Err(Error::Open {
                path: path.clone(),
                reason: "the name is empty; name a file".to_owned(),
            }),
            Self::File(path) => Ok(path),
            Self::Memory => Ok(Path::new(MEMORY)),
        }
    }

    /// The error of a call that timed out waiting for another thread.
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

/// Keeps a name that starts with `file:` from being read as a URI. The bundled SQLite is built to read
/// URIs whatever the flags, but only at the start of the name.
pub(super) fn as_plain_name(path: &Path) -> Cow<'_, Path> {
    if path.to_string_lossy().starts_with("file:") {
        Cow::Owned(Path::new(".").join(path))
    } else {
        Cow::Borrowed(path)
    }
}
