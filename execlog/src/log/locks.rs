use crate::Result;
use crate::liveness::LockFolder;
use crate::store::{LogStore, Made};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

/// The lock folder of a log, found when it is first needed.
#[derive(Default)]
pub(super) struct Locks {
    folder: OnceCell<LockFolder>,
}

impl Locks {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: OnceCell::from(LockFolder::new(absolute(folder))),
        }
    }

    pub(super) fn beside(file: &Path) -> Self {
        Self {
            folder: OnceCell::from(LockFolder::beside(&real(file))),
        }
    }

    /// The folder that was given, or the one beside the file of the log.
    pub(super) fn folder(&self, store: &dyn LogStore, made: Made) -> Result<Option<&LockFolder>> {
        if self.folder.get().is_none()
            && let Some(file) = store.file(made)?
        {
            return Ok(Some(self.folder.get_or_init(|| LockFolder::beside(&file))));
        }
        Ok(self.folder.get())
    }
}

/// The process may go to another folder while the log is open.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The file itself, where this is a link to it.
fn real(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| absolute(file))
}
