//! Which file a path leads to, to notice that it leads to another one.

use std::io;
use std::path::Path;

/// A file, whatever its name. Files that have been at one path at different times differ in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileIdentity(system::Identity);

impl FileIdentity {
    /// The file that the path leads to, or `None` if there is none.
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

    /// The device, the number there, and when it was made: a number that is free is given again.
    pub(super) type Identity = (u64, u64, Option<SystemTime>);

    pub(super) fn identity(metadata: &Metadata) -> Identity {
        (metadata.dev(), metadata.ino(), metadata.created().ok())
    }
}

/// Elsewhere a file that is open cannot be removed.
#[cfg(not(unix))]
mod system {
    use std::fs::Metadata;

    pub(super) type Identity = ();

    pub(super) fn identity(_: &Metadata) -> Identity {}
}
