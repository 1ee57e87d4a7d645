//! Detects the kind of a file.

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
    /// kind.
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
        if metadata.is_file() && (metadata.len() == 0 || is_database(file)?) {
            return Ok(Self::Sqlite);
        }
        let mut start = Vec::new();
        File::open(file)
            .and_then(|file| file.take(16).read_to_end(&mut start))
            .map_err(failed)?;
        Self::of_start(&start).ok_or_else(not_a_log)
    }
}
