//! Handing the lock of a run to another process.

use super::Run;
use crate::log::Threads;
use std::fs::File;

impl<T: Threads> Run<T> {
    /// Another handle of the locked file that shows that this run is alive. `None` if the run has no
    /// lock.
    ///
    /// If a child process inherits it, the run reads as running until this process and the child
    /// have both closed it, for example because both have died. Without it, the run of a process
    /// that dies before its child reads as crashed at once. On Unix a file handle is inherited if
    /// its flag `FD_CLOEXEC` is cleared.
    #[must_use]
    pub fn lock_file(&self) -> Option<File> {
        self.lock.as_ref()?.file()
    }
}
