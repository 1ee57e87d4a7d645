//! Finds a log if none is named.

use crate::failure::Failure;
use etcetera::BaseStrategy;
use execlog::{Error, ExecutionLog, FileKind};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The extensions that code-indexing tools give their databases.
const EXTENSIONS: [&str; 4] = ["db", "graph", "sqlite", "sqlite3"];

/// The folders in which they keep them, relative to the folder that they index.
const PLACES: [&str; 2] = ["", ".magellan"];

/// The newest log in the nearest folder that has one, from the current folder upwards.
///
/// Skips folders that everybody may write to: a log in them may be somebody else's.
pub(super) fn upwards(
    is_suitable: fn(&Path, FileKind) -> bool,
) -> Result<Option<PathBuf>, Failure> {
    let here = std::env::current_dir()?;
    let mut folders = here
        .ancestors()
        .filter(|folder| !is_writable_by_all(folder));
    let found = folders.find_map(|folder| newest_in(folder, is_suitable));
    // Relative below the current folder, as the user would type it.
    Ok(found.map(|file| match file.strip_prefix(&here) {
        Ok(below) => below.to_owned(),
        Err(_) => file,
    }))
}

#[cfg(unix)]
fn is_writable_by_all(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS_MAY_WRITE: u32 = 0o002;
    let metadata = folder.metadata();
    metadata.is_ok_and(|metadata| metadata.permissions().mode() & OTHERS_MAY_WRITE != 0)
}

#[cfg(not(unix))]
fn is_writable_by_all(_: &Path) -> bool {
    false
}

/// The user's own log.
pub(super) fn own() -> Result<PathBuf, Failure> {
    let folders = etcetera::choose_base_strategy()
        .map_err(|error| Failure::failed(format!("{error}: name a log with `--db`")))?;
    let state = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    Ok(state.join("execlog").join("log.db"))
}

fn newest_in(folder: &Path, is_suitable: fn(&Path, FileKind) -> bool) -> Option<PathBuf> {
    let files = PLACES
        .iter()
        .filter_map(|place| fs::read_dir(folder.join(place)).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| {
            let extension = file.extension().and_then(|extension| extension.to_str());
            extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        });
    let logs = files.filter_map(|file| Some((written_at(&file, is_suitable)?, file)));
    logs.max().map(|(_, file)| file)
}

/// When the log in a file was last written to. `None` if the file is not a log.
///
/// A file that cannot be read now may be a log. Skipping it could select the wrong log.
fn written_at(file: &Path, is_suitable: fn(&Path, FileKind) -> bool) -> Option<SystemTime> {
    let kind = FileKind::of(file).ok()?;
    if kind == FileKind::Sqlite && !may_be_log(file) || !is_suitable(file, kind) {
        return None;
    }
    let files = kind.files(file).into_iter();
    let files = files.filter_map(|file| file.metadata().ok());
    // Readers leave an empty write-ahead log behind.
    let times = files
        .filter(|data| data.len() > 0)
        .map(|data| data.modified());
    times.filter_map(Result::ok).max()
}

fn may_be_log(file: &Path) -> bool {
    // Another program may hold a lock for a long time.
    const TIMEOUT: Duration = Duration::from_millis(50);
    let log = ExecutionLog::read_only(file).with_busy_timeout(TIMEOUT);
    match log.maintenance().exists() {
        Ok(exists) => exists,
        Err(Error::NotADatabase { .. } | Error::Schema { .. }) => false,
        Err(_) => true,
    }
}
