//! Removing lock files that no run needs.

use super::{EXTENSION, LockFolder, open};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The number of files that are open at once: many processes may open only 1024, and the host needs
/// some.
const BATCH: usize = 100;

/// A free lock file, locked here so that no run can take it meanwhile.
struct Free {
    /// Locked shared, so that readers are not blocked. A run that tries to take it creates another
    /// file.
    _file: File,
    path: PathBuf,
    name: String,
}

impl LockFolder {
    /// Removes free lock files that no running run names. Checks at most `limit` files.
    ///
    /// Such files remain from runs that died before their start was written, or after their end
    /// was. The free lock of a running run stays, as the sign of the crash. `named` returns the
    /// locks named by running runs. It is called while free locks are held, once per [`BATCH`].
    ///
    /// Returns the number of removed files. Skips files that cannot be read or removed.
    pub(crate) fn sweep<E>(
        &self,
        limit: usize,
        mut named: impl FnMut() -> Result<BTreeSet<String>, E>,
    ) -> Result<usize, E> {
        let Ok(files) = fs::read_dir(&self.0) else {
            return Ok(0);
        };
        let files = files.take(limit).filter_map(|file| Some(file.ok()?.path()));
        let mut free = files.filter_map(|path| free(&path));
        let mut removed = 0;
        loop {
            let batch: Vec<Free> = free.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(removed);
            }
            let named = named()?;
            let unused = batch.iter().filter(|lock| !named.contains(&lock.name));
            let gone = unused.filter(|lock| fs::remove_file(&lock.path).is_ok());
            removed += gone.count();
        }
    }
}

/// Opens and locks this file, if it is a free lock file.
fn free(path: &Path) -> Option<Free> {
    if path.extension() != Some(OsStr::new(EXTENSION)) {
        return None;
    }
    let name = path.file_name()?.to_str()?.to_owned();
    let file = open(path).ok()??;
    file.try_lock_shared().ok()?;
    Some(Free {
        _file: file,
        path: path.to_owned(),
        name,
    })
}
