//! Whether a run is alive: its process holds a lock that the kernel releases when the process dies.

mod sweep;
#[cfg(test)]
mod tests;

use crate::model::execution_id::uuid;
use crate::store::beside::lock_folder;
use crate::store::private;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Component, Path, PathBuf};

/// The extension of lock files.
const EXTENSION: &str = "lock";

/// The folder with the lock files of running runs.
#[derive(Debug, Clone)]
pub(crate) struct LockFolder(PathBuf);

/// The state of a run's lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Liveness {
    /// The lock is held.
    Alive,
    /// The lock is free and its file exists: its process did not end the run.
    Dead,
    /// The state is unknown, for this reason.
    Unknown(&'static str),
}

/// The lock of a running run. Dropping it without releasing it leaves the run looking dead.
#[derive(Debug)]
pub(crate) struct Lock {
    /// Holds the lock.
    file: File,
    path: PathBuf,
    name: String,
}

impl LockFolder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The lock folder beside the file of a log.
    pub(crate) fn beside(log: &Path) -> Self {
        Self(lock_folder(log))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Creates and takes a lock with a new name.
    ///
    /// A concurrent [sweep](Self::sweep) may hold or remove the file before it is locked. In that
    /// case the next file is tried.
    pub(crate) fn take(&self) -> io::Result<Lock> {
        const TRIES: usize = 100;
        for _ in 0..TRIES {
            let name = format!("{}.{EXTENSION}", uuid());
            let path = self.0.join(&name);
            let file = self.create(&path)?;
            match file.try_lock() {
                Ok(()) if is_linked(&file, &path) => {
                    return Ok(Lock { file, path, name });
                }
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => {
                    fs::remove_file(&path)?;
                    return Err(error);
                }
            }
        }
        Err(io::Error::other(
            "another process locked each new lock file first",
        ))
    }

    fn create(&self, path: &Path) -> io::Result<File> {
        match private::create_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                private::create_folder(&self.0)?;
                private::create_file(path)
            }
            other => other,
        }
    }

    /// Checks the lock of this name.
    ///
    /// Takes a shared lock, so that concurrent readers do not see each other as a live run.
    pub(crate) fn ask(&self, name: &str) -> Liveness {
        let Some(path) = self.path_of(name) else {
            return Liveness::Unknown("its lock name is invalid");
        };
        let file = match open(&path) {
            Ok(Some(file)) => file,
            Ok(None) => return Liveness::Unknown("its lock is not a regular file"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Liveness::Unknown(
                    "its lock file is missing, or in the lock folder of another copy of the log",
                );
            }
            Err(_) => return Liveness::Unknown("its lock cannot be opened"),
        };
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Liveness::Alive,
            Err(TryLockError::Error(_)) => {
                Liveness::Unknown("the file system does not support locks")
            }
            // A run that ends removes its lock file before it unlocks it.
            Ok(()) if path.exists() => Liveness::Dead,
            Ok(()) => Liveness::Unknown("the run has just ended"),
        }
    }

    /// Removes the lock of a settled run.
    pub(crate) fn remove(&self, name: &str) {
        if let Some(path) = self.path_of(name) {
            // If removal fails, a later sweep removes the file.
            let _ = fs::remove_file(path);
        }
    }

    fn path_of(&self, name: &str) -> Option<PathBuf> {
        let mut components = Path::new(name).components();
        match (components.next(), components.next()) {
            (Some(Component::Normal(_)), None) => Some(self.0.join(name)),
            _ => None,
        }
    }
}

impl Lock {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Another handle of the locked file. The lock is held until both are closed.
    pub(crate) fn file(&self) -> Option<File> {
        self.file.try_clone().ok()
    }

    /// Removes the lock file and releases the lock, after the end of the run was recorded.
    pub(crate) fn release(self) {
        // If removal fails, a later sweep removes the file. The lock of an ended run is never
        // checked.
        let _ = fs::remove_file(&self.path);
    }
}

/// Opens a lock file. Returns `None` if it is not a regular file: opening a pipe would block.
fn open(path: &Path) -> io::Result<Option<File>> {
    if !path.symlink_metadata()?.is_file() {
        return Ok(None);
    }
    File::open(path).map(Some)
}

/// Whether the open file still has a name.
#[cfg(unix)]
fn is_linked(file: &File, _: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
}

/// Whether a file of this name exists.
#[cfg(not(unix))]
fn is_linked(_: &File, path: &Path) -> bool {
    path.exists()
}
