//! Removing lock files that no run needs any more.

use super::{EXTENSION, LockFolder, open};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// How many files are open at once: a process may have a thousand, and the host needs some.
const BATCH: usize = 100;

/// A lock file that nobody holds, held here so that nobody can take it meanwhile.
struct Free {
    /// Shared, so that readers are not held up, and a run that is about to take the lock makes another.
    _file: File,
    path: PathBuf,
    name: String,
}

impl LockFolder {
    /// Removes the free locks that no running run names, looking at `limit` files at most.
    ///
    /// They are those of runs that died before their start was written, or after their end was. The
    /// free lock of a running run stays: it tells that the run has crashed. `named` gives the locks
    /// that running runs name, and is asked while some free locks are held, once for each [`BATCH`].
    ///
    /// Returns how many were removed. What cannot be read or removed stays.
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

/// The lock in this file, if it is one that nobody holds.
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
