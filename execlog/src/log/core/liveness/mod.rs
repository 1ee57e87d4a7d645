//! Whether a run still goes on: it holds a lock that the kernel drops when its process dies.

mod sweep;
#[cfg(test)]
mod tests;

use crate::model::execution_id::uuid;
use crate::store::private;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Component, Path, PathBuf};

/// What the names of lock files end with.
const EXTENSION: &str = "lock";

/// The folder where each live run has a small file that it keeps locked.
#[derive(Debug, Clone)]
pub(crate) struct LockFolder(PathBuf);

/// What the lock of a run tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Liveness {
    /// The lock is held.
    Alive,
    /// The lock is free, and the file is there: whoever held it did not end the run.
    Dead,
    /// There is no lock to ask, for this reason.
    Unknown(&'static str),
}

/// The lock of a run that goes on. Dropped as it is, it reads as that of a dead run.
#[derive(Debug)]
pub(crate) struct Lock {
    /// Keeps the lock.
    _file: File,
    path: PathBuf,
    name: String,
}

impl LockFolder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The folder beside a log in a file.
    pub(crate) fn beside(log: &Path) -> Self {
        let mut name = log.as_os_str().to_owned();
        name.push(".execlog");
        Self(PathBuf::from(name))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Takes a lock of its own, of a name that no lock ever had.
    ///
    /// Somebody who [sweeps](Self::sweep) may come upon the file before it is locked, and hold or
    /// remove it. Then another is made.
    pub(crate) fn take(&self) -> io::Result<Lock> {
        const TRIES: usize = 100;
        for _ in 0..TRIES {
            let name = format!("{}.{EXTENSION}", uuid());
            let path = self.0.join(&name);
            let file = self.create(&path)?;
            match file.try_lock() {
                Ok(()) if is_linked(&file, &path) => {
                    return Ok(Lock {
                        _file: file,
                        path,
                        name,
                    });
                }
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => {
                    fs::remove_file(&path)?;
                    return Err(error);
                }
            }
        }
        Err(io::Error::other("others hold every lock that is made"))
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

    /// What the lock of this name tells.
    ///
    /// Asks for a shared lock, so that several readers are not taken for a live run by each other.
    pub(crate) fn ask(&self, name: &str) -> Liveness {
        let Some(path) = self.path_of(name) else {
            return Liveness::Unknown("its lock name is invalid");
        };
        let file = match open(&path) {
            Ok(Some(file)) => file,
            Ok(None) => return Liveness::Unknown("its lock is not a regular file"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Liveness::Unknown(
                    "its lock is gone, or in a folder beside another copy of the log",
                );
            }
            Err(_) => return Liveness::Unknown("its lock cannot be opened"),
        };
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Liveness::Alive,
            Err(TryLockError::Error(_)) => Liveness::Unknown("the file system has no locks"),
            // It is removed before it is unlocked, when a run ends by itself.
            Ok(()) if path.exists() => Liveness::Dead,
            Ok(()) => Liveness::Unknown("it has just ended"),
        }
    }

    /// Removes the lock of a run that is settled.
    pub(crate) fn remove(&self, name: &str) {
        if let Some(path) = self.path_of(name) {
            // An empty file that stays is swept later.
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

    /// Gives the lock up after the end of its run was recorded.
    pub(crate) fn release(self) {
        // A file that stays is that of a run that has ended, which nobody asks, and is swept later.
        let _ = fs::remove_file(&self.path);
    }
}

/// Opens a lock to ask it, or gives `None` for what is not a regular file: opening a pipe would block.
fn open(path: &Path) -> io::Result<Option<File>> {
    if !path.symlink_metadata()?.is_file() {
        return Ok(None);
    }
    File::open(path).map(Some)
}

/// Whether the file still has a name.
#[cfg(unix)]
fn is_linked(file: &File, _: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|metadata| metadata.nlink() > 0)
}

/// Whether the file still has its name.
#[cfg(not(unix))]
fn is_linked(_: &File, path: &Path) -> bool {
    path.exists()
}
