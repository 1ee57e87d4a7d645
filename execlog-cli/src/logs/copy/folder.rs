//! The folder of a copy: for its user alone, and gone with the process, however that ends.

use crate::{interrupts, private};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What the names of the folders begin with.
const PREFIX: &str = "execlog-copy-";

/// The file in the folder that is locked while its process lives.
const LOCK: &str = ".execlog-lock";

pub(super) struct CopyFolder {
    folder: interrupts::Folder,
    /// Keeps the lock, by which others tell the folder from one that was left behind.
    _lock: File,
}

impl CopyFolder {
    /// Makes a folder, and removes those that killed processes have left.
    pub(super) fn new() -> io::Result<Self> {
        sweep(&std::env::temp_dir());
        let folder = interrupts::Folder::of(|| private::temporary_folder(PREFIX))?;
        // Nobody finds it before it is locked.
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

/// Removes the folders of this user whose process is dead. What cannot be removed stays.
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

/// Whether it is a folder that this user has made, and only this user can have filled.
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

/// The temporary folder is the user's own here.
#[cfg(not(unix))]
fn is_own(folder: &Path) -> bool {
    folder
        .symlink_metadata()
        .is_ok_and(|metadata| metadata.is_dir())
}
