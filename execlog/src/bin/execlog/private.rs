//! Folders for the user alone: command lines are private.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

/// Creates a folder, and those above it that are missing, with mode 0700 where there are modes.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
