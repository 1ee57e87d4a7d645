//! Files and folders that only their owner can read, since command lines are private.

use crate::model::execution_id::uuid;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Creates a new file and opens it for writing.
pub(crate) fn create_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only::file(&mut options).open(path)
}

/// A new name in the folder of a file.
pub(crate) fn path_beside(path: &Path) -> PathBuf {
    path.with_file_name(format!(".execlog-{}", uuid()))
}

/// Creates a folder and its missing parents.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    owner_only::folder(&mut builder).create(path)
}

/// Creates an empty file without ever opening it under its final name. Returns whether it did: the name
/// may be taken.
///
/// Closing a SQLite file drops the locks that the process holds on it. So the file is closed before it
/// gets its name, under which another thread may open it at once.
pub(crate) fn create_closed_file(path: &Path) -> io::Result<bool> {
    let beside = path_beside(path);
    drop(create_file(&beside)?);
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        other => other.map(|()| true),
    }
}

/// Removes all permissions of group and others from a file.
pub(crate) fn restrict(path: &Path) -> io::Result<()> {
    owner_only::restrict(path)
}

#[cfg(unix)]
mod owner_only {
    use std::fs::{DirBuilder, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
    use std::path::Path;

    const FILE: u32 = 0o600;
    const FOLDER: u32 = 0o700;

    pub(super) fn file(options: &mut OpenOptions) -> &mut OpenOptions {
        options.mode(FILE)
    }

    pub(super) fn folder(builder: &mut DirBuilder) -> &mut DirBuilder {
        builder.mode(FOLDER)
    }

    pub(super) fn restrict(path: &Path) -> io::Result<()> {
        std::fs::set_permissions(path, Permissions::from_mode(FILE))
    }
}

/// Elsewhere a file inherits the permissions of its folder.
#[cfg(not(unix))]
mod owner_only {
    use std::fs::{DirBuilder, OpenOptions};
    use std::io;
    use std::path::Path;

    pub(super) fn file(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn folder(builder: &mut DirBuilder) -> &mut DirBuilder {
        builder
    }

    pub(super) fn restrict(_: &Path) -> io::Result<()> {
        Ok(())
    }
}
