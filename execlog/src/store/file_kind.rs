//! Detects the kind of a file.

use super::beside::{HEAD, HEAD_OF_KEYS, lock_folder};
use super::is_database;
use crate::error::{Error, Result};
use crate::model::FileKind;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

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
        if metadata.is_file() {
            // SQLite takes a file of one byte for an empty one, too.
            let is_empty = metadata.len() <= 1;
            if is_empty && let Some(path) = emptied_graph(file) {
                return Err(Error::Emptied { path });
            }
            if is_empty || is_database(file)? {
                return Ok(Self::Sqlite);
            }
        }
        let mut start = Vec::new();
        File::open(file)
            .and_then(|file| file.take(16).read_to_end(&mut start))
            .map_err(failed)?;
        Self::of_start(&start).ok_or_else(not_a_log)
    }
}

/// The path of this empty file, if it was a graph: a log in a graph has left its head file beside it, and no log in a
/// table has. A graph in SQLite that is being made anew has a journal beside it.
fn emptied_graph(file: &Path) -> Option<PathBuf> {
    let file = file.canonicalize().ok()?;
    let locks = lock_folder(&file);
    let is_beside = |ending: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        Path::new(&name).exists()
    };
    let was_graph = locks.join(HEAD_OF_KEYS).is_file() && !locks.join(HEAD).is_file();
    (was_graph && !is_beside("-journal") && !is_beside("-wal")).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::{FileKind, lock_folder};
    use crate::error::Error;
    use std::fs;

    #[test]
    fn an_empty_file_was_a_graph_if_only_a_log_in_a_graph_has_left_its_head() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("code.db");
        let locks = lock_folder(&file);
        fs::write(&file, "").expect("written");
        fs::create_dir(&locks).expect("made");
        assert_eq!(FileKind::of(&file).expect("a kind"), FileKind::Sqlite);
        fs::write(locks.join("head-keys"), "").expect("written");
        for content in ["", "S"] {
            fs::write(&file, content).expect("written");
            let emptied = FileKind::of(&file);
            assert!(
                matches!(&emptied, Err(Error::Emptied { .. })),
                "{emptied:?}"
            );
        }
        for beside in ["code.db-journal", "code.db-wal", "code.db.execlog/head"] {
            let beside = folder.path().join(beside);
            fs::write(&beside, "").expect("written");
            assert_eq!(FileKind::of(&file).expect("a kind"), FileKind::Sqlite);
            fs::remove_file(beside).expect("removed");
        }
    }
}
