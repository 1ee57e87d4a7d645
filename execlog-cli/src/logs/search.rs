//! Finds the log that is meant where none is named.

use crate::failure::Failure;
use etcetera::BaseStrategy;
use execlog::{Error, ExecutionLog, FileKind};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What tools that index code end the names of their databases with.
const EXTENSIONS: [&str; 4] = ["db", "graph", "sqlite", "sqlite3"];

/// Where they leave them, as seen from the folder that they index.
const PLACES: [&str; 2] = ["", ".magellan"];

/// The newest log in the nearest folder that has one, from the current folder upwards.
///
/// A folder that everybody may write to is passed over: anybody could have left one there.
pub(super) fn upwards(is_meant: fn(&Path, FileKind) -> bool) -> Result<Option<PathBuf>, Failure> {
    let here = std::env::current_dir()?;
    let mut folders = here.ancestors().filter(|folder| !is_everybodys(folder));
    let found = folders.find_map(|folder| newest_in(folder, is_meant));
    // What is below is named as it would be typed.
    Ok(found.map(|file| match file.strip_prefix(&here) {
        Ok(below) => below.to_owned(),
        Err(_) => file,
    }))
}

#[cfg(unix)]
fn is_everybodys(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS_MAY_WRITE: u32 = 0o002;
    let metadata = folder.metadata();
    metadata.is_ok_and(|metadata| metadata.permissions().mode() & OTHERS_MAY_WRITE != 0)
}

#[cfg(not(unix))]
fn is_everybodys(_: &Path) -> bool {
    false
}

/// The log of the user's own.
pub(super) fn own() -> Result<PathBuf, Failure> {
    let folders = etcetera::choose_base_strategy()
        .map_err(|error| Failure::failed(format!("{error}: name a log with `--db`")))?;
    let state = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    Ok(state.join("execlog").join("log.db"))
}

fn newest_in(folder: &Path, is_meant: fn(&Path, FileKind) -> bool) -> Option<PathBuf> {
    let files = PLACES
        .iter()
        .filter_map(|place| fs::read_dir(folder.join(place)).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| {
            let extension = file.extension().and_then(|extension| extension.to_str());
            extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        });
    let logs = files.filter_map(|file| Some((written_at(&file, is_meant)?, file)));
    logs.max().map(|(_, file)| file)
}

/// When a log was last written to, or `None` if the file is none.
///
/// One that cannot be looked at now may be a log. To pass it over would be to take another for it.
fn written_at(file: &Path, is_meant: fn(&Path, FileKind) -> bool) -> Option<SystemTime> {
    let kind = FileKind::of(file).ok()?;
    if kind == FileKind::Sqlite && !may_be_log(file) || !is_meant(file, kind) {
        return None;
    }
    let files = kind.files(file).into_iter();
    let files = files.filter_map(|file| file.metadata().ok());
    // An empty write-ahead log is what looking leaves behind.
    let times = files
        .filter(|data| data.len() > 0)
        .map(|data| data.modified());
    times.filter_map(Result::ok).max()
}

fn may_be_log(file: &Path) -> bool {
    // A file of another program may be locked for long.
    const PATIENCE: Duration = Duration::from_millis(50);
    let log = ExecutionLog::read_only(file).with_busy_timeout(PATIENCE);
    match log.maintenance().exists() {
        Ok(is_there) => is_there,
        Err(Error::NotADatabase { .. } | Error::Schema { .. }) => false,
        Err(_) => true,
    }
}
