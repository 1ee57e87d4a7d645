//! Finds the Rust files of a folder.

use ignore::WalkBuilder;
use std::io;
use std::path::{Path, PathBuf};

/// Every Rust file below a folder that no .gitignore names, in the order of their paths, and what
/// could not be looked at.
pub(crate) fn rust_files(dir: &Path) -> io::Result<(Vec<PathBuf>, Vec<String>)> {
    if !dir.is_dir() {
        let message = format!("`{}` is not a folder that exists", dir.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    }
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for entry in WalkBuilder::new(dir).require_git(false).build() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                problems.push(error.to_string());
                continue;
            }
        };
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if is_file
            && entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "rs")
        {
            files.push(entry.into_path());
        }
    }
    files.sort();
    Ok((files, problems))
}
