use crate::Result;
use crate::liveness::LockFolder;
use crate::store::{LogStore, Made};
use std::cell::OnceCell;
use std::path::Path;

/// The lock folder of a log, found when it is first needed.
#[derive(Default)]
pub(super) struct Locks {
    folder: OnceCell<LockFolder>,
}

impl Locks {
    pub(super) fn in_folder(folder: &Path) -> Self {
        // The process may go to another folder while the log is open.
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        Self {
            folder: OnceCell::from(LockFolder::new(folder)),
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
