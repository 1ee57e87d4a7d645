//! A copy of a native graph, which is read in its place: `folder` is where it is, `file` copies a file,
//! `sparse` and `whole` are the ways to do so, and `limit` is how much may be copied.

mod file;
mod folder;
mod limit;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod sparse;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod whole;

use crate::failure::Failure;
use execlog::FileKind;
use file::Refused;
use folder::CopyFolder;
use limit::Limit;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How often a file may change while it is copied before that is given up.
const TRIES: usize = 20;

/// A copy of a file and of what its engine keeps beside it, as they are at one moment. It is gone with
/// this.
pub(super) struct Copied {
    folder: CopyFolder,
    of: PathBuf,
    kind: FileKind,
    seen: Seen,
}

/// What changes when the files do.
type Seen = Vec<(PathBuf, u64, SystemTime)>;

impl Copied {
    pub(super) fn of(file: &Path, kind: FileKind) -> Result<Self, Failure> {
        for _ in 0..TRIES {
            let seen = seen(file, kind)?;
            let mut limit = Limit::from_environment()?;
            // The engines read the files beside the graph into memory, holes too.
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
            let copied = Self {
                folder,
                of: file.to_owned(),
                kind,
                seen,
            };
            if !copied.is_outdated() {
                return Ok(copied);
            }
        }
        Err(Failure::failed(format!(
            "`{}` is written to all the time: try again when its host is at rest",
            file.display()
        )))
    }

    /// Where the copy of the file is.
    pub(super) fn path(&self) -> PathBuf {
        let name = self.of.file_name().unwrap_or_default();
        self.folder.path().join(name)
    }

    /// Whether the file has changed since.
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
