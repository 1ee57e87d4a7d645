//! Creates files and folders that only their owner can read, because command lines are private.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;
use tempfile::TempDir;

/// Creates a folder and its missing parents, on Unix with mode 0700.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    modes::folder(&mut builder).create(folder)
}

/// Creates a new file, on Unix with mode 0600. Fails if it exists.
pub(crate) fn create_file(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    modes::file(&mut options).open(file)
}

/// Creates a folder in the temporary folder, on Unix with mode 0700. It is removed when the value is dropped.
pub(crate) fn temporary_folder(prefix: &str) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    modes::temporary_folder(&mut builder).tempdir()
}

/// Sets the umask so that group and others get no more rights to new files than they have to this file. If it
/// is missing, they get none. The engine of a native graph creates files at every flush.
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
        let denied = others.difference(Mode::from_raw_mode(mode));
        let before = rustix::process::umask(denied);
        rustix::process::umask(before | denied);
    }
}

/// Without Unix modes, a file inherits the rights of its folder.
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
