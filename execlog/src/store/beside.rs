//! The names of what is kept beside the file of a log.

use std::path::{Path, PathBuf};

/// The head file of a log in tables.
pub(crate) const HEAD: &str = "head";

/// The head file of a log in a key-value store, which may share its file with one in tables.
pub(crate) const HEAD_OF_KEYS: &str = "head-keys";

/// The folder of a log's locks and head files.
pub(crate) fn lock_folder(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(".execlog");
    PathBuf::from(name)
}
