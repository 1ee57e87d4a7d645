//! Detects the kind of a file.

use super::beside::{HEAD, HEAD_OF_KEYS, lock_folder};
use super::is_database;
use crate::error::{Error, Result};
use crate::model::FileKind;
use std::fs::File;
use std::io::Read;
use std::path::Path;

impl FileKind {
    /// Detects the kind of a file, even if it is open elsewhere. SQLite decides whether the file is a
    /// database, and only other files are read directly. Takes and releases no locks, and changes
    /// nothing.
    ///
    /// ```
    /// use execlog::{ExecutionLog, FileKind};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("code.db");
    /// ExecutionLog::new(&file).ensure_schema()?;
    /// assert_eq!(FileKind::of(&file)?, FileKind::Sqlite);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Open`] if the file is missing or unreadable, [`Error::NotALog`] if it is of another
    /// kind, and [`Error::Emptied`] if it is empty and was a graph with a log.
    pub fn of(file: &Path) -> Result<Self> {
        let failed = |error: std::io::Error| Error::Open {
            path: file.to_owned(),
            reason: if file.is_dir() {
                "it is a folder; name a file in it".to_owned()
            } else {
                error.to_string()
            },
        };
        let not_a_log = || Error::NotALog {
            path: file.to_owned(),
        };
        // Opening a pipe would block.
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() && !metadata.is_dir() {
            return Err(not_a_log());
        }
        let is_sqlite = match metadata.len() {
            _ if metadata.is_dir() => false,
            0 if was_graph(file) => {
                return Err(Error::Emptied {
                    path: file.to_owned(),
                });
            }
            0 => true,
            // SQLite takes such a file for an empty one, since it makes them on FAT file systems of macOS.
            1 => false,
            _ => is_database(file)?,
        };
        if is_sqlite {
            return Ok(Self::Sqlite);
        }
        let mut start = Vec::new();
        File::open(file)
            .and_then(|file| file.take(16).read_to_end(&mut start))
            .map_err(failed)?;
        Self::of_start(&start).ok_or_else(not_a_log)
    }
}

/// Whether a log in a graph has left its head file beside this file, and no log in a table has.
fn was_graph(file: &Path) -> bool {
    let locks = lock_folder(&file.canonicalize().unwrap_or_else(|_| file.to_owned()));
    locks.join(HEAD_OF_KEYS).is_file() && !locks.join(HEAD).is_file()
}
