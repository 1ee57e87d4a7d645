//! Whether a run still goes on: it holds a lock that the kernel drops when its process dies.

use crate::execution_id::uuid;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Component, Path, PathBuf};

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

    /// Takes a lock of its own, of a name that no lock ever had and that nobody asks for yet.
    pub(crate) fn take(&self) -> io::Result<Lock> {
        let name = format!("{}.lock", uuid());
        let path = self.0.join(&name);
        let create = || OpenOptions::new().write(true).create_new(true).open(&path);
        let file = match create() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&self.0)?;
                create()?
            }
            other => other?,
        };
        if let Err(error) = file.try_lock() {
            fs::remove_file(&path)?;
            return Err(error.into());
        }
        Ok(Lock {
            _file: file,
            path,
            name,
        })
    }

    /// What the lock of this name tells.
    ///
    /// Asks for a shared lock, so that several readers are not taken for a live run by each other.
    pub(crate) fn ask(&self, name: &str) -> Liveness {
        let Some(path) = self.path_of(name) else {
            return Liveness::Unknown("the name of its lock is none");
        };
        let file = match File::open(&path) {
            Ok(file) => file,
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
            // What is left behind is an empty file.
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
        // Whoever cannot remove it leaves the lock of a run that has ended, which nobody asks.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::{Liveness, LockFolder};

    #[test]
    fn a_lock_tells_alive_from_dead_and_from_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let locks = LockFolder::new(folder.path().join("locks"));
        let (killed, ended) = (locks.take().expect("a lock"), locks.take().expect("a lock"));
        let names = [killed.name().to_owned(), ended.name().to_owned()];
        assert_eq!(
            names.each_ref().map(|name| locks.ask(name)),
            [Liveness::Alive; 2]
        );
        drop(killed);
        ended.release();
        assert_eq!(locks.ask(&names[0]), Liveness::Dead);
        assert!(matches!(locks.ask(&names[1]), Liveness::Unknown(_)));
        locks.remove(&names[0]);
        assert!(matches!(locks.ask(&names[0]), Liveness::Unknown(_)));
    }

    #[test]
    fn readers_do_not_take_each_other_for_a_run() {
        let folder = tempfile::tempdir().expect("a folder");
        let locks = LockFolder::new(folder.path().to_owned());
        let lock = locks.take().expect("a lock");
        let (path, name) = (lock.path.clone(), lock.name().to_owned());
        drop(lock);
        let other_reader = std::fs::File::open(path).expect("opens");
        other_reader.lock_shared().expect("locks");
        assert_eq!(locks.ask(&name), Liveness::Dead);
    }

    #[test]
    fn a_name_that_leads_out_of_the_folder_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let locks = LockFolder::new(folder.path().join("locks"));
        std::fs::write(folder.path().join("file"), "").expect("written");
        for name in ["../file", "/etc/hostname", "", "..", "a/b"] {
            assert!(matches!(locks.ask(name), Liveness::Unknown(_)), "{name}");
        }
    }
}
