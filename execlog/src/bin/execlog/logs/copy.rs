use crate::failure::Failure;
use execlog::FileKind;
use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;
use tempfile::TempDir;

/// How often a file may change while it is copied before that is given up.
const TRIES: usize = 20;

/// A copy of a file and of what its engine keeps beside it, as they are at one moment.
pub(super) fn of(file: &Path, kind: FileKind) -> Result<TempDir, Failure> {
    for _ in 0..TRIES {
        let before = seen(file, kind)?;
        let folder = TempDir::with_prefix("execlog-")?;
        for part in kind.files(file) {
            let name = part.file_name().unwrap_or_default();
            match fs::copy(&part, folder.path().join(name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => drop(other?),
            }
        }
        if seen(file, kind)? == before {
            return Ok(folder);
        }
    }
    Err(Failure::failed(format!(
        "`{}` is written to all the time: try again when its host is at rest",
        file.display()
    )))
}

/// What changes when the files do.
fn seen(file: &Path, kind: FileKind) -> io::Result<Vec<(u64, SystemTime)>> {
    let files = kind.files(file).into_iter();
    let seen = files.map(|file| {
        let metadata = fs::metadata(file)?;
        Ok((metadata.len(), metadata.modified()?))
    });
    seen.collect()
}
