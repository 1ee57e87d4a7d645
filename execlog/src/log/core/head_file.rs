//! The head file beside a log: its last run number, the number of its seals and its id, for detecting lost
//! runs.
//!
//! An engine may hide damage and show an empty log, and an older copy of a log looks valid. The
//! file is written after runs are flushed, so its numbers are never larger than the log's.

use crate::store::private;
use parking_lot::Mutex;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The content of a head file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) state: HeadState,
    /// Whether the file was written since the last boot.
    pub(crate) is_of_this_boot: bool,
}

/// The state of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HeadState {
    /// The last run number.
    pub(crate) runs: i64,
    /// The number of seals.
    pub(crate) seals: u64,
    /// The id of the log, empty if it has no seals.
    pub(crate) log_id: String,
}

/// The path of a head file, and its handle.
#[derive(Debug)]
pub(crate) struct HeadFile {
    path: PathBuf,
    /// Opened at the first write.
    file: Mutex<Option<File>>,
}

const FIRST_LINE: &str = "execlog-head 2";

impl HeadFile {
    /// The head file of this name in the lock folder. A SQLite file may have two logs.
    pub(crate) fn in_folder(folder: &Path, name: &str) -> Self {
        Self {
            path: folder.join(name),
            file: Mutex::new(None),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file. Returns `None` if it is missing or invalid.
    pub(crate) fn read(&self) -> Option<Head> {
        const LONGEST: u64 = 1024;
        if !self.path.symlink_metadata().ok()?.is_file() {
            return None;
        }
        let mut text = String::new();
        let file = File::open(&self.path).ok()?;
        file.take(LONGEST).read_to_string(&mut text).ok()?;
        let mut lines = text.lines();
        let is_head = lines.next() == Some(FIRST_LINE);
        let state = HeadState {
            runs: lines.next()?.strip_prefix("runs ")?.parse().ok()?,
            seals: lines.next()?.strip_prefix("seals ")?.parse().ok()?,
            log_id: lines.next()?.strip_prefix("log ")?.trim_end().to_owned(),
        };
        let boot = lines.next()?.strip_prefix("boot ")?.trim_end();
        is_head.then(|| Head {
            state,
            is_of_this_boot: boot == &**BOOT,
        })
    }

    /// Writes the state of the log. Ignores errors: a log works without the file.
    pub(crate) fn write(&self, state: &HeadState) {
        let HeadState {
            runs,
            seals,
            log_id,
        } = state;
        // The length is fixed, so that overwriting never shows a partial file.
        let text = format!(
            "{FIRST_LINE}\nruns {runs:019}\nseals {seals:020}\nlog {log_id:36}\nboot {:36}\n",
            &**BOOT
        );
        let mut kept = self.file.lock();
        let written = match &*kept {
            Some(file) => write_over(file, &text),
            None => self
                .open()
                .and_then(|file| write_over(kept.insert(file), &text)),
        };
        if written.is_err() {
            *kept = None;
        }
    }

    fn open(&self) -> io::Result<File> {
        match self.path.symlink_metadata() {
            // Only regular files: opening a pipe would block, and a link may lead anywhere.
            Ok(metadata) if !metadata.is_file() => Err(io::ErrorKind::InvalidInput.into()),
            Ok(_) => OpenOptions::new().write(true).open(&self.path),
            Err(_) => {
                if let Some(folder) = self.path.parent() {
                    private::create_folder(folder)?;
                }
                private::create_file(&self.path)
            }
        }
    }
}

/// Writes at the start of the file.
#[cfg(unix)]
fn write_over(file: &File, text: &str) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, text.as_bytes(), 0)
}

/// Writes at the start of the file.
#[cfg(not(unix))]
fn write_over(mut file: &File, text: &str) -> io::Result<()> {
    use std::io::{Seek, Write};
    file.rewind()?;
    file.write_all(text.as_bytes())
}

/// The system's id of the current boot, or an empty text.
static BOOT: LazyLock<String> = LazyLock::new(|| {
    let read = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    read.unwrap_or_default().trim().to_owned()
});

#[cfg(test)]
mod tests {
    use super::{Head, HeadFile, HeadState};
    use std::fs;

    fn state(runs: i64) -> HeadState {
        HeadState {
            runs,
            seals: 2 * runs.unsigned_abs(),
            log_id: "0192d4e0-7b1a-7c3e-8f00-5a1b2c3d4e5f".to_owned(),
        }
    }

    fn head(runs: i64) -> Head {
        Head {
            state: state(runs),
            is_of_this_boot: true,
        }
    }

    #[test]
    fn a_head_says_what_was_written_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = HeadFile::in_folder(&folder.path().join("locks"), "head");
        assert_eq!(file.read(), None);
        for runs in [201, 7, i64::MAX, 0] {
            file.write(&state(runs));
            assert_eq!(file.read(), Some(head(runs)));
            assert_eq!(
                HeadFile::in_folder(&folder.path().join("locks"), "head").read(),
                Some(head(runs))
            );
        }
    }

    #[test]
    fn a_head_of_before_the_machine_was_restarted_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = HeadFile::in_folder(folder.path(), "head");
        fs::write(
            file.path(),
            "execlog-head 2\nruns 12\nseals 0\nlog \nboot another\n",
        )
        .expect("written");
        let expected = Head {
            state: HeadState {
                runs: 12,
                ..HeadState::default()
            },
            is_of_this_boot: false,
        };
        assert_eq!(file.read(), Some(expected));
    }

    #[test]
    fn what_is_not_a_head_is_none_and_is_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = HeadFile::in_folder(folder.path(), "head");
        for text in [
            "",
            "execlog-head 3\nruns 1\nseals 0\nlog \nboot a\n",
            "execlog-head 1\nruns 1\nboot a\n",
            "execlog-head 2\nruns x\n",
        ] {
            fs::write(file.path(), text).expect("written");
            assert_eq!(file.read(), None, "{text}");
        }
        file.write(&state(3));
        assert_eq!(file.read(), Some(head(3)));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_or_a_link_in_its_place_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = HeadFile::in_folder(folder.path(), "head");
        let other = folder.path().join("other");
        fs::write(&other, "precious").expect("written");
        std::os::unix::fs::symlink(&other, file.path()).expect("a link");
        file.write(&state(3));
        assert_eq!(file.read(), None);
        assert_eq!(fs::read_to_string(&other).expect("read"), "precious");
        fs::remove_file(file.path()).expect("removed");
        let made = std::process::Command::new("mkfifo")
            .arg(file.path())
            .status();
        assert!(made.expect("mkfifo").success());
        file.write(&state(3));
        assert_eq!(file.read(), None);
    }
}
