//! Folders for the user alone: command lines are private.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;
use tempfile::TempDir;

/// Creates a folder, and those above it that are missing, with mode 0700 where there are modes.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates a folder in the temporary folder, with the same mode. It is removed with the value.
pub(crate) fn temporary_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("execlog-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}
