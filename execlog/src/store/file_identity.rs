//! The identity of a file, to notice that another file has taken its path.

use std::io;
use std::path::Path;

/// Identifies a file independently of its name. Different files at the same path at different times
/// differ in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileIdentity(system::Identity);

impl FileIdentity {
    /// The identity of the file at the path, or `None` if the file does not exist.
    pub(super) fn of(path: &Path) -> io::Result<Option<Self>> {
        match path.metadata() {
            Ok(metadata) => Ok(Some(Self(system::identity(&metadata)))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(unix)]
mod system {
    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt;
    use std::time::SystemTime;

    /// The device, the inode number and the creation time: the system reuses the inode number of a
    /// removed file.
    pub(super) type Identity = (u64, u64, Option<SystemTime>);

    pub(super) fn identity(metadata: &Metadata) -> Identity {
        (metadata.dev(), metadata.ino(), metadata.created().ok())
    }
}

/// Elsewhere an open file cannot be removed.
#[cfg(not(unix))]
mod system {
    use std::fs::Metadata;

    pub(super) type Identity = ();

    pub(super) fn identity(_: &Metadata) -> Identity {}
}
