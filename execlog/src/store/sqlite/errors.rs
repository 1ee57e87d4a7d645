//! What SQLite reports, as an error that says what to do.

use crate::error::{Error, Result};
use rusqlite::{Connection, ErrorCode};
use std::path::{Path, PathBuf};

/// Where SQLite's own name for a database in memory stands.
pub(super) const MEMORY: &str = ":memory:";

/// The file behind a connection, for messages.
pub(super) fn path(connection: &Connection) -> PathBuf {
    match connection.path() {
        Some(path) if !path.is_empty() => PathBuf::from(path),
        _ => PathBuf::from(MEMORY),
    }
}

/// Turns what SQLite reports into what a user can act on.
pub(super) trait Failing<T> {
    fn failing_on(self, connection: &Connection) -> Result<T>;
}

impl<T> Failing<T> for rusqlite::Result<T> {
    fn failing_on(self, connection: &Connection) -> Result<T> {
        self.map_err(|source| {
            let path = path(connection);
            let code = source.sqlite_error().map(|error| error.extended_code);
            if code == Some(rusqlite::ffi::SQLITE_READONLY_ROLLBACK) {
                let reason =
                    "a write to it was cut off: open it once with a program that writes to \
                     it, which finishes that"
                        .to_owned();
                return Error::Open { path, reason };
            }
            match source.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => Error::NotADatabase { path },
                Some(ErrorCode::ReadOnly) => Error::ReadOnly { path },
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { path },
                Some(ErrorCode::CannotOpen) => Error::Open {
                    reason: too_many_files(&path)
                        .unwrap_or_else(|| format!("{source}; allow writing in its folder")),
                    path,
                },
                Some(ErrorCode::OperationInterrupted) => Error::TooSlow { path },
                _ => Error::Sqlite {
                    path,
                    source: source.into(),
                },
            }
        })
    }
}

/// Whether the source of an [`Error::Sqlite`] reports damage in the file.
pub(super) fn is_damage(source: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let error = source.downcast_ref::<rusqlite::Error>();
    error.and_then(rusqlite::Error::sqlite_error_code) == Some(ErrorCode::DatabaseCorrupt)
}

/// Why a file cannot be opened, which SQLite does not tell.
pub(super) fn why_not_open(path: &Path, error: &rusqlite::Error) -> String {
    if path.is_dir() {
        return "it is a folder; name a file in it".to_owned();
    }
    if let Some(folder) = folder_of(path).filter(|folder| !folder.is_dir()) {
        let folder = folder.display();
        return format!("the folder `{folder}` does not exist; make it first");
    }
    too_many_files(path).unwrap_or_else(|| error.to_string())
}

/// Whether it is that the process, or the system, may not open one more. SQLite does not hand on what
/// the system says, so its folder is opened to hear it.
fn too_many_files(path: &Path) -> Option<String> {
    /// `ENFILE` and `EMFILE`, the same on every Unix.
    const TOO_MANY: [i32; 2] = [23, 24];
    let error = folder_of(path)?.read_dir().err()?;
    TOO_MANY
        .contains(&error.raw_os_error()?)
        .then(|| format!("{error}; close some, or raise the limit of the process with `ulimit -n`"))
}

fn folder_of(path: &Path) -> Option<&Path> {
    let parent = path.parent();
    parent.filter(|parent| !parent.as_os_str().is_empty())
}
