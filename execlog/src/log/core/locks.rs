//! The lock folder of a log.

use crate::error::Result;
use crate::log::core::liveness::LockFolder;
use crate::store::{CreateIfMissing, LogStore};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The lock folder of a log, determined at first use.
#[derive(Debug, Clone, Default)]
pub(crate) struct Locks {
    folder: OnceLock<LockFolder>,
}

impl Locks {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: OnceLock::from(LockFolder::new(absolute(folder))),
        }
    }

    pub(crate) fn beside(file: &Path) -> Self {
        Self {
            folder: OnceLock::from(LockFolder::beside(&real(file))),
        }
    }

    /// Returns the configured folder, or the one beside the file of the log.
    pub(crate) fn folder(
        &self,
        store: &dyn LogStore,
        create: CreateIfMissing,
    ) -> Result<Option<&LockFolder>> {
        if self.folder.get().is_none()
            && let Some(file) = store.file(create)?
        {
            return Ok(Some(self.folder.get_or_init(|| LockFolder::beside(&file))));
        }
        Ok(self.folder.get())
    }
}

/// Absolute, since the process may change its current folder later.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Resolves links.
fn real(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| absolute(file))
}
