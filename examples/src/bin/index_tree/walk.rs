use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// Every Rust file below a folder that no .gitignore names, in the order of their paths.
pub(crate) fn rust_files(dir: &Path) -> Result<Vec<PathBuf>, String> {
    if !dir.is_dir() {
        return Err(format!("`{}` is not a folder that exists", dir.display()));
    }
    let mut files = Vec::new();
    for entry in WalkBuilder::new(dir).require_git(false).build() {
        let entry = entry.map_err(|error| error.to_string())?;
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
    Ok(files)
}
