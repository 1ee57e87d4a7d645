//! The folder of a copy. Only its user can read it, and it is removed however the process ends.

use crate::interrupts;
use crate::logs::private;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The prefix of the folders' names.
const PREFIX: &str = "execlog-copy-";

/// The lock file in the folder. Its process holds the lock.
const LOCK: &str = ".execlog-lock";

pub(super) struct CopyFolder {
    folder: interrupts::Folder,
    /// Holds the lock. Other processes remove a folder whose lock is free.
    _lock: File,
}

impl CopyFolder {
    /// Creates a folder. Removes the folders that killed processes have left.
    pub(super) fn new() -> io::Result<Self> {
        sweep(&std::env::temp_dir());
        let folder = interrupts::Folder::of(|| private::temporary_folder(PREFIX))?;
        // Renamed once locked, so that no process finds it unlocked.
        let unlocked = folder.path().join(".execlog-unlocked");
        let lock = File::create_new(&unlocked)?;
        lock.try_lock().map_err(io::Error::from)?;
        fs::rename(unlocked, folder.path().join(LOCK))?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders of this user whose process is dead. Errors are ignored.
fn sweep(temporary: &Path) {
    for folder in fs::read_dir(temporary).into_iter().flatten().flatten() {
        if folder.file_name().to_string_lossy().starts_with(PREFIX) && is_own(&folder.path()) {
            let _ = remove_if_dead(&folder.path());
        }
    }
}

fn remove_if_dead(folder: &Path) -> io::Result<()> {
    let lock: PathBuf = folder.join(LOCK);
    let lock = File::open(lock)?;
    lock.try_lock()?;
    fs::remove_dir_all(folder)
}

/// Whether it is a folder that belongs to this user and that others cannot enter.
#[cfg(unix)]
fn is_own(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    const OF_OTHERS: u32 = 0o077;
    folder.symlink_metadata().is_ok_and(|metadata| {
        let is_private = metadata.mode() & OF_OTHERS == 0;
        let is_own = metadata.uid() == rustix::process::geteuid().as_raw();
        metadata.is_dir() && is_private && is_own
    })
}

/// Without Unix modes, the temporary folder is the user's own.
#[cfg(not(unix))]
fn is_own(folder: &Path) -> bool {
    folder
        .symlink_metadata()
        .is_ok_and(|metadata| metadata.is_dir())
}
