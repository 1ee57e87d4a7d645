//! SQLite's errors, as errors that say what to do.

use crate::error::{Error, Result};
use rusqlite::{Connection, ErrorCode};
use std::path::{Path, PathBuf};

/// SQLite's name for an in-memory database.
pub(super) const MEMORY: &str = ":memory:";

/// The file of a connection, for messages.
pub(super) fn path(connection: &Connection) -> PathBuf {
    match connection.path() {
        Some(path) if !path.is_empty() => PathBuf::from(path),
        _ => PathBuf::from(MEMORY),
    }
}

/// Turns SQLite's errors into errors that a user can act on.
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
                    "an interrupted write must be completed: open the file once with a program \
                     that writes to it"
                        .to_owned();
                return Error::Open { path, reason };
            }
            match source.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => Error::NotADatabase { path },
                Some(ErrorCode::ReadOnly) => Error::ReadOnly { path },
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { path },
                Some(ErrorCode::CannotOpen) => Error::Open {
                    reason: too_many_files(&path).unwrap_or_else(|| {
                        format!("{source}; allow writing in the folder of the file")
                    }),
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

/// Explains why a file cannot be opened, since SQLite gives no reason.
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

/// Explains that the process or the system has too many open files. SQLite does not pass on the
/// system's error, so this opens the folder to get it.
fn too_many_files(path: &Path) -> Option<String> {
    /// `ENFILE` and `EMFILE`, with the same numbers on every Unix.
    const TOO_MANY: [i32; 2] = [23, 24];
    let error = folder_of(path)?.read_dir().err()?;
    TOO_MANY.contains(&error.raw_os_error()?).then(|| {
        format!("{error}; close some files, or raise the limit of the process with `ulimit -n`")
    })
}

fn folder_of(path: &Path) -> Option<&Path> {
    let parent = path.parent();
    parent.filter(|parent| !parent.as_os_str().is_empty())
}
