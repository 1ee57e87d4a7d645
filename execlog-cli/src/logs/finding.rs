//! Finds a log if none is named.

use crate::failure::Failure;
use crate::output::messages;
use etcetera::BaseStrategy;
use execlog::{Error, ExecutionLog, FileKind};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The extensions that code-indexing tools give their databases.
const EXTENSIONS: [&str; 4] = ["db", "graph", "sqlite", "sqlite3"];

/// The folders in which they keep them, relative to the folder that they index.
const PLACES: [&str; 2] = ["", ".magellan"];

/// The logs that were found from the current folder upwards, by name.
#[derive(Debug, Default)]
struct Found {
    /// Those in the nearest folder that has any.
    logs: Vec<PathBuf>,
    /// Those in nearer folders that everybody may write to: they may be somebody else's.
    skipped: Vec<PathBuf>,
}

/// The file to read if no log is named. It may not exist.
pub(super) fn to_read() -> Result<PathBuf, Failure> {
    let found = upwards()?;
    if !found.skipped.is_empty() {
        messages::note(&format!(
            "skipped {}: everybody may write to the folder; name the log with `--db` to read it",
            listed(&found.skipped)
        ));
    }
    match found.logs.as_slice() {
        [] => own(),
        [file] => Ok(file.clone()),
        several => Err(Failure::Usage(format!(
            "this folder or one above has several logs: {}; name one, as with `--db {}`",
            listed(several),
            several[0].display()
        ))),
    }
}

/// The file to change if no log is named: the user's own log, if no folder has one. It exists.
pub(super) fn to_change() -> Result<PathBuf, Failure> {
    let found = upwards()?;
    let found = [found.logs, found.skipped].concat();
    if let found @ [first, ..] = found.as_slice() {
        return Err(Failure::Usage(format!(
            "nothing was changed: name the log to change, as with `--db {}`; found: {}",
            first.display(),
            listed(found)
        )));
    }
    let file = own()?;
    let path = file.display();
    if file.exists() {
        messages::note(&format!("using your own log, `{path}`"));
        return Ok(file);
    }
    Err(Failure::Usage(format!(
        "no log was found in this folder, in a folder above, or in `{path}`: name the log to change \
         with `--db` or `EXECLOG_DB`"
    )))
}

fn listed(files: &[PathBuf]) -> String {
    let files = files.iter().map(|file| format!("`{}`", file.display()));
    files.collect::<Vec<_>>().join(", ")
}

/// Looks for logs from the current folder upwards.
fn upwards() -> Result<Found, Failure> {
    let here = std::env::current_dir()?;
    let mut found = Found::default();
    for folder in here.ancestors() {
        let logs = logs_in(folder);
        if is_writable_by_all(folder) {
            found.skipped.extend(logs);
        } else if !logs.is_empty() {
            found.logs = logs;
            break;
        }
    }
    // Relative below the current folder, as the user would type it.
    for file in found.logs.iter_mut().chain(&mut found.skipped) {
        if let Ok(below) = file.strip_prefix(&here) {
            *file = below.to_owned();
        }
    }
    Ok(found)
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

/// Whether this path, absolute or not, is that of the user's own log.
pub(super) fn is_own(file: &Path) -> bool {
    let file = std::path::absolute(file).ok();
    file.is_some_and(|file| own().is_ok_and(|own| own == file))
}

fn logs_in(folder: &Path) -> Vec<PathBuf> {
    let files = PLACES
        .iter()
        .filter_map(|place| fs::read_dir(folder.join(place)).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| {
            let extension = file.extension().and_then(|extension| extension.to_str());
            extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        });
    let mut logs: Vec<_> = files.filter(|file| is_log(file)).collect();
    logs.sort_unstable();
    logs
}

fn is_log(file: &Path) -> bool {
    match FileKind::of(file) {
        Ok(FileKind::Sqlite) => may_be_log(file),
        Ok(_) | Err(Error::Emptied { .. }) => true,
        Err(_) => false,
    }
}

/// Whether a SQLite file has a log. One that cannot be read now may have one: skipping it could select the
/// wrong log.
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
