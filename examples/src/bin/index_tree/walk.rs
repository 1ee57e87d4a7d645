use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// Every Rust file below a folder that no .gitignore names, in the order of their paths, and what
/// could not be looked at.
pub(crate) fn rust_files(dir: &Path) -> Result<(Vec<PathBuf>, Vec<String>), String> {
    if !dir.is_dir() {
        return Err(format!("`{}` is not a folder that exists", dir.display()));
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
