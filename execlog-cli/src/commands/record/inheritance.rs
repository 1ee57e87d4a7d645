//! Lets the recorded command inherit the lock of its run.

use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};
use std::fs::File;
use std::os::fd::{OwnedFd, RawFd};

/// The least number of the inherited handle. Scripts use those below for their own files.
const LEAST: RawFd = 64;

/// A handle that commands inherit until it is dropped. `None` if the system has no more handles.
pub(super) fn inherited(file: &File) -> Option<OwnedFd> {
    let handle = fcntl_dupfd_cloexec(file, LEAST).ok()?;
    fcntl_setfd(&handle, FdFlags::empty()).ok()?;
    Some(handle)
}
