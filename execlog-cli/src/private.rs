//! Files and folders for the user alone: command lines are private.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;
use tempfile::TempDir;

/// Creates a folder, and those above it that are missing, with mode 0700 where there are modes.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    modes::folder(&mut builder).create(folder)
}

/// Creates a file that is not there yet, with mode 0600.
pub(crate) fn create_file(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    modes::file(&mut options).open(file)
}

/// Creates a folder in the temporary folder, with mode 0700. It is removed with the value.
pub(crate) fn temporary_folder(prefix: &str) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    modes::temporary_folder(&mut builder).tempdir()
}

/// Gives others no more rights to what this process creates from now on than they have to this file, and
/// none if it is missing. For the engine of a native graph, which creates files at every flush.
pub(crate) fn restrict_new_files(like: &Path) {
    modes::restrict_new_files(like);
}

#[cfg(unix)]
mod modes {
    use rustix::fs::Mode;
    use std::fs::{DirBuilder, OpenOptions, Permissions};
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
    use std::path::Path;

    const FILE: u32 = 0o600;
    const FOLDER: u32 = 0o700;

    pub(super) fn folder(builder: &mut DirBuilder) -> &mut DirBuilder {
        builder.mode(FOLDER)
    }

    pub(super) fn file(options: &mut OpenOptions) -> &mut OpenOptions {
        options.mode(FILE)
    }

    pub(super) fn temporary_folder<'a, 'b, 'c>(
        builder: &'a mut tempfile::Builder<'b, 'c>,
    ) -> &'a mut tempfile::Builder<'b, 'c> {
        builder.permissions(Permissions::from_mode(FOLDER))
    }

    pub(super) fn restrict_new_files(like: &Path) {
        let others = Mode::RWXG | Mode::RWXO;
        let mode = like.metadata().map_or(0, |metadata| metadata.mode());
        let taken = others.difference(Mode::from_raw_mode(mode));
        let before = rustix::process::umask(taken);
        rustix::process::umask(before | taken);
    }
}

/// Elsewhere a file has the rights that its folder hands on.
#[cfg(not(unix))]
mod modes {
    use std::fs::{DirBuilder, OpenOptions};
    use std::path::Path;

    pub(super) fn folder(builder: &mut DirBuilder) -> &mut DirBuilder {
        builder
    }

    pub(super) fn file(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn temporary_folder<'a, 'b, 'c>(
        builder: &'a mut tempfile::Builder<'b, 'c>,
    ) -> &'a mut tempfile::Builder<'b, 'c> {
        builder
    }

    pub(super) fn restrict_new_files(_: &Path) {}
}
