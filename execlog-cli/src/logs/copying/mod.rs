//! Copies a native graph, so that it is read without opening it.
//!
//! `folder` is the temporary folder of the copy, `file` copies one file, `sparse` copies it without its
//! holes, `whole` copies it where holes cannot be found, `limit` is how much may be copied, and `refused` why a file
//! is not.

mod file;
mod folder;
mod limit;
mod refused;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod sparse;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod whole;

use crate::failure::Failure;
use execlog::FileKind;
use folder::CopyFolder;
use limit::Limit;
use refused::Refused;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Give up after this many copies during which the file changed.
const TRIES: usize = 20;

/// A consistent copy of a native graph and of the files beside it. It is removed when dropped.
pub(super) struct GraphCopy {
    folder: CopyFolder,
    of: PathBuf,
    kind: FileKind,
    seen: Seen,
}

/// The path, length and modification time of each file. Any change of a file changes them.
type Seen = Vec<(PathBuf, u64, SystemTime)>;

impl GraphCopy {
    pub(super) fn of(file: &Path, kind: FileKind) -> Result<Self, Failure> {
        for _ in 0..TRIES {
            let seen = seen(file, kind)?;
            let mut limit = Limit::from_environment()?;
            // The engines read the files beside the graph into memory, with their holes.
            let mut beside = seen.iter().filter(|(part, ..)| part != file);
            if beside.any(|(_, length, _)| limit.allows(*length).is_err()) {
                return Err(limit.exceeded_by(file));
            }
            let folder = CopyFolder::new()?;
            for part in kind.files(file) {
                let name = part.file_name().unwrap_or_default();
                match file::copy(&part, &folder.path().join(name), &mut limit) {
                    Ok(()) => {}
                    Err(Refused::TooMuch) => return Err(limit.exceeded_by(file)),
                    Err(Refused::Failed(error)) => {
                        return Err(Failure::failed(format!(
                            "cannot copy `{}` to `{}` to read it: {error}",
                            part.display(),
                            folder.path().display()
                        )));
                    }
                }
            }
            let copy = Self {
                folder,
                of: file.to_owned(),
                kind,
                seen,
            };
            if !copy.is_outdated() {
                return Ok(copy);
            }
        }
        Err(Failure::failed(format!(
            "`{}` changes all the time and cannot be copied: try again when its host is idle",
            file.display()
        )))
    }

    /// The path of the copy.
    pub(super) fn path(&self) -> PathBuf {
        let name = self.of.file_name().unwrap_or_default();
        self.folder.path().join(name)
    }

    /// Whether the original has changed since.
    pub(super) fn is_outdated(&self) -> bool {
        seen(&self.of, self.kind).map_or(true, |seen| seen != self.seen)
    }
}

fn seen(file: &Path, kind: FileKind) -> io::Result<Seen> {
    let files = kind.files(file).into_iter();
    let seen = files.map(|file| {
        let metadata = fs::metadata(&file)?;
        Ok((file, metadata.len(), metadata.modified()?))
    });
    seen.collect()
}
