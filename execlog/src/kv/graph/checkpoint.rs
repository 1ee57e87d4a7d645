//! Checks that a native 3.9 graph has written its keys and values: the engine drops the error if the
//! write fails.
//!
//! Each flush writes a new file, `code.v3checkpoint.tmp.` and the time, and renames it to
//! `code.v3checkpoint`. So if that file is still the same after a flush, the flush has failed.

use super::engine::Failure;
use crate::model::FileKind;
use std::fs::{self, Metadata};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The checkpoint files of a graph.
#[derive(Debug, Clone)]
pub(super) struct Checkpoint {
    /// Two candidates: one beside the name by which the graph was opened, and one beside the target of
    /// that link. The host may have given the engine either name.
    files: Vec<PathBuf>,
}

/// A flush in progress.
pub(super) struct Flush<'a> {
    checkpoint: &'a Checkpoint,
    before: Vec<Option<identity::Identity>>,
    began: u64,
}

impl Checkpoint {
    /// The checkpoint of the graph in this file, or `None` if the file is not such a graph.
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

    /// Removes unfinished checkpoints that the engine created within this time. They take space on a
    /// disk that is already full.
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
                    // Ignored: other processes leave such files too.
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
    }
}

impl Flush<'_> {
    /// Fails if the flush has not written a new checkpoint.
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
            "`{}` was not written, and the engine gives no reason; free disk space, and allow \
             writing in the folder",
            file.unwrap_or_default()
        )
        .into())
    }
}

/// The time in the form that the engine uses in file names.
fn nanoseconds() -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH);
    let time = time.map_or(0, |time| time.as_nanos());
    u64::try_from(time).unwrap_or(u64::MAX)
}

/// Tells a file from the one that it replaced. Both existed at once, so their inode numbers differ.
#[cfg(unix)]
mod identity {
    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt;

    pub(super) type Identity = (u64, u64);

    pub(super) fn of(metadata: &Metadata) -> Identity {
        (metadata.dev(), metadata.ino())
    }
}

/// Tells a file from the one that it replaced, as far as the standard library can.
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
