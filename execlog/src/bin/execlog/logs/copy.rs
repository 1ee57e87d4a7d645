use crate::failure::Failure;
use execlog::FileKind;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tempfile::TempDir;

/// How often a file may change while it is copied before that is given up.
const TRIES: usize = 20;

/// A copy of a file and of what its engine keeps beside it, as they are at one moment. It is gone with
/// this.
pub(super) struct Copied {
    folder: TempDir,
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
            let folder = TempDir::with_prefix("execlog-")?;
            for part in kind.files(file) {
                let name = part.file_name().unwrap_or_default();
                match fs::copy(&part, folder.path().join(name)) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    other => drop(other?),
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
