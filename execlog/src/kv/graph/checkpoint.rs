//! Whether a native 3.9 graph has written its keys and values: the engine drops the error if it could
//! not.
//!
//! Each flush writes a new file, `code.v3checkpoint.tmp.` and the time, and renames it over
//! `code.v3checkpoint`. So after a flush that file is another one, or the flush has failed.

use super::engine::Failure;
use crate::model::FileKind;
use std::fs::{self, Metadata};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The checkpoint of a graph.
#[derive(Debug, Clone)]
pub(super) struct Checkpoint {
    /// Beside the name that the graph was opened by, and beside the file that this name links to:
    /// the host may have given the engine either.
    files: Vec<PathBuf>,
}

/// A flush that goes on.
pub(super) struct Flush<'a> {
    checkpoint: &'a Checkpoint,
    before: Vec<Option<identity::Identity>>,
    began: u64,
}

impl Checkpoint {
    /// The checkpoint of the graph in this file, or `None` if the file is no such graph.
    pub(super) fn of(graph: &Path) -> Option<Self> {
        let kind = FileKind::of(graph).ok()?;
        if kind != FileKind::NativeV3 {
            return None;
        }
        let named = std::path::absolute(graph).ok()?;
        let mut files = vec![named.with_extension("v3checkpoint")];
        let real = graph.canonicalize().ok()?.with_extension("v3checkpoint");
        if !files.contains(&real) {
            files.push(real);
        }
        Some(Self { files })
    }

    pub(super) fn begin(&self) -> Flush<'_> {
        Flush {
            checkpoint: self,
            before: self.seen(),
            began: nanoseconds(),
        }
    }

    fn seen(&self) -> Vec<Option<identity::Identity>> {
        let metadata = self.files.iter().map(fs::metadata);
        let identity = |metadata: Metadata| identity::of(&metadata);
        metadata.map(|found| found.ok().map(identity)).collect()
    }

    /// Removes what the engine has left of a checkpoint that it began to write within this time. Each
    /// takes room on a disk that is full already.
    fn remove_unfinished(&self, written: &RangeInclusive<u64>) {
        for file in &self.files {
            let prefix = file.file_name().map(|name| name.to_string_lossy());
            let prefix = format!("{}.tmp.", prefix.unwrap_or_default());
            let folder = file.parent().and_then(|folder| fs::read_dir(folder).ok());
            for entry in folder.into_iter().flatten().flatten() {
                let name = entry.file_name();
                let time = name.to_str().and_then(|name| name.strip_prefix(&prefix));
                let time = time.and_then(|time| time.parse().ok());
                if time.is_some_and(|time| written.contains(&time)) {
                    // What cannot be removed stays beside those of other processes.
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
    }
}

impl Flush<'_> {
    /// Fails if no new checkpoint is there.
    pub(super) fn check(self) -> Result<(), Failure> {
        let after = self.checkpoint.seen();
        let mut pairs = self.before.iter().zip(&after);
        if pairs.any(|(before, after)| after.is_some() && before != after) {
            return Ok(());
        }
        self.checkpoint
            .remove_unfinished(&(self.began..=nanoseconds()));
        let files = &self.checkpoint.files;
        let file = files.first().map(|file| file.display().to_string());
        Err(format!(
            "`{}` was not written, and the engine does not say why; make room on the disk, and allow \
             writing in the folder",
            file.unwrap_or_default()
        )
        .into())
    }
}

/// The time as the engine puts it into the name of a file.
fn nanoseconds() -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH);
    let time = time.map_or(0, |time| time.as_nanos());
    u64::try_from(time).unwrap_or(u64::MAX)
}

/// What tells a file from the one that it replaced. Both were there at once, so the numbers differ.
#[cfg(unix)]
mod identity {
    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt;

    pub(super) type Identity = (u64, u64);

    pub(super) fn of(metadata: &Metadata) -> Identity {
        (metadata.dev(), metadata.ino())
    }
}

/// What tells a file from the one that it replaced, as far as the standard library says.
#[cfg(not(unix))]
mod identity {
    use std::fs::Metadata;
    use std::time::SystemTime;

    pub(super) type Identity = (u64, Option<SystemTime>, Option<SystemTime>);

    pub(super) fn of(metadata: &Metadata) -> Identity {
        let (made, changed) = (metadata.created(), metadata.modified());
        (metadata.len(), made.ok(), changed.ok())
    }
}
