//! Copies one file. Only the user can read the copy.

#[cfg(any(target_os = "linux", target_os = "android"))]
use super::sparse as method;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
use super::whole as method;

use super::limit::Limit;
use super::refused::Refused;
use crate::logs::private;
use std::fs::File;
use std::io;
use std::path::Path;

/// Copies a regular file. Skips a file that is missing or of another type.
pub(super) fn copy(from: &Path, to: &Path, limit: &mut Limit) -> Result<(), Refused> {
    let from = match open(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    if !from.metadata()?.is_file() {
        return Ok(());
    }
    method::copy(&from, &private::create_file(to)?, limit)
}

/// Opens a file without blocking. The path may have become a pipe since it was checked.
#[cfg(unix)]
fn open(file: &Path) -> io::Result<File> {
    use std::fs::OpenOptions;
    use std::os::unix::fs::OpenOptionsExt;
    let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    OpenOptions::new()
        .read(true)
        .custom_flags(nonblocking)
        .open(file)
}

#[cfg(not(unix))]
fn open(file: &Path) -> io::Result<File> {
    File::open(file)
}
