//! Copies one file, for its user alone.

#[cfg(any(target_os = "linux", target_os = "android"))]
use super::sparse as way;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
use super::whole as way;

use super::limit::{Limit, TooMuch};
use crate::private;
use std::fs::File;
use std::io;
use std::path::Path;

/// Why a file is not copied.
#[derive(Debug)]
pub(super) enum Refused {
    TooMuch,
    Failed(io::Error),
}

/// Copies a file that is there, and does nothing about one that is not, or is no regular file.
pub(super) fn copy(from: &Path, to: &Path, limit: &mut Limit) -> Result<(), Refused> {
    let from = match open(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    if !from.metadata()?.is_file() {
        return Ok(());
    }
    way::copy(&from, &private::create_file(to)?, limit)
}

/// Opens a file without waiting, even if it has just become a pipe.
#[cfg(unix)]
fn open(file: &Path) -> io::Result<File> {
    use std::fs::OpenOptions;
    use std::os::unix::fs::OpenOptionsExt;
    let at_once = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    OpenOptions::new()
        .read(true)
        .custom_flags(at_once)
        .open(file)
}

#[cfg(not(unix))]
fn open(file: &Path) -> io::Result<File> {
    File::open(file)
}

impl From<TooMuch> for Refused {
    fn from(_: TooMuch) -> Self {
        Self::TooMuch
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}
