//! The same functions on systems without Unix signals.

use std::io;
use std::path::Path;
use tempfile::TempDir;

/// A temporary folder that is removed when it is dropped.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn of(create: impl FnOnce() -> io::Result<TempDir>) -> io::Result<Self> {
        create().map(Self)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

pub(crate) fn leave_to_others() {}

pub(crate) fn take_back() {}
