//! Writes a file that the user names. The file is private, is never left incomplete, and replaces another
//! file only with `--force`.

use crate::failure::Failure;
use clap::Args;
use std::fs::{self, FileType};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The option of every command that writes a file.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReplaceArguments {
    /// Replace the file if it exists. If it is a symbolic link, replace the link, not its target
    #[arg(long)]
    force: bool,
}

/// A temporary file beside the final path. Only its owner can read it. It is removed unless it is kept.
pub(crate) struct OutputFile {
    path: PathBuf,
    written: NamedTempFile,
    force: bool,
}

impl OutputFile {
    /// Creates the temporary file. Fails at once if the final path cannot be written.
    pub(crate) fn create(path: &Path, replace: &ReplaceArguments) -> Result<Self, Failure> {
        let force = replace.force;
        check(path, force)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let folder = if folder == Path::new("") {
            Path::new(".")
        } else {
            folder
        };
        // `tempfile` creates it with mode 0600 on Unix.
        let written = tempfile::Builder::new()
            .prefix(".execlog-")
            .tempfile_in(folder)
            .map_err(|error| cannot_write(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            written,
            force,
        })
    }

    /// Moves the file to its final path.
    pub(crate) fn keep(self) -> Result<(), Failure> {
        let Self {
            path,
            written,
            force,
        } = self;
        let synced = written.as_file().sync_all();
        synced.map_err(|error| cannot_write(&path, &error))?;
        let kept = if force {
            written.persist(&path)
        } else {
            written.persist_noclobber(&path)
        };
        match kept {
            Ok(_) => Ok(()),
            Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => {
                Err(exists(&path))
            }
            Err(failed) => Err(cannot_write(&path, &failed.error)),
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.written.flush()
    }
}

/// Fails if the path exists and must not be replaced. Does not open it: opening a FIFO would block.
fn check(path: &Path, force: bool) -> Result<(), Failure> {
    let named = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(cannot_write(path, &error)),
    };
    // A link to a device is treated as the device, as `/dev/stdout`.
    let found = fs::metadata(path).map_or(named, |metadata| metadata.file_type());
    if named.is_dir() {
        let path = path.display();
        return Err(Failure::failed(format!(
            "`{path}` is a folder: name a file in it"
        )));
    }
    if is_special(found) {
        let path = path.display();
        return Err(Failure::failed(format!(
            "`{path}` is not a regular file: name `-` and redirect standard output to it"
        )));
    }
    if force { Ok(()) } else { Err(exists(path)) }
}

/// Whether it is a FIFO, a device or a socket.
fn is_special(file: FileType) -> bool {
    !file.is_file() && !file.is_dir() && !file.is_symlink()
}

fn exists(path: &Path) -> Failure {
    let path = path.display();
    Failure::failed(format!(
        "`{path}` exists: name another file, or add `--force` to replace it"
    ))
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::failed(format!("cannot write `{}`: {error}", path.display()))
}
