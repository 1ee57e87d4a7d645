//! Handles the signals that end the program: removes its temporary folders first.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use tempfile::TempDir;

/// The signals that end the program and can be handled.
const ENDING: [i32; 3] = [SIGHUP, SIGINT, SIGTERM];

/// The folders to remove.
static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Whether SIGINT is ignored, because the pager handles Ctrl-C.
static ARE_LEFT_TO_OTHERS: AtomicBool = AtomicBool::new(false);

/// A temporary folder that is removed when it is dropped, and when a signal ends the program.
pub(crate) struct Folder {
    /// `None` once it is being removed.
    folder: Option<TempDir>,
    path: PathBuf,
}

impl Folder {
    /// Creates a folder with `create`, and tracks it.
    pub(crate) fn of(create: impl FnOnce() -> io::Result<TempDir>) -> io::Result<Self> {
        watch();
        // Locked until the folder is listed: a signal that arrives meanwhile waits.
        let mut folders = folders();
        let folder = create()?;
        let path = folder.path().to_owned();
        folders.push(path.clone());
        Ok(Self {
            folder: Some(folder),
            path,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Blocks forever if a signal is ending the program.
        let mut folders = folders();
        self.folder.take();
        folders.retain(|folder| *folder != self.path);
    }
}

fn folders() -> MutexGuard<'static, Vec<PathBuf>> {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Handles the signals from now on. Signals that were ignored at start stay ignored, as SIGHUP under `nohup`.
fn watch() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        let handled = ENDING.into_iter().filter(|signal| !is_ignored(*signal));
        // If that fails, a signal ends the program at once, as by default.
        if let Ok(mut signals) = Signals::new(handled) {
            thread::spawn(move || {
                for signal in signals.forever() {
                    if signal != SIGINT || !ARE_LEFT_TO_OTHERS.load(Ordering::SeqCst) {
                        end_by(signal);
                    }
                }
            });
        }
    });
}

fn end_by(signal: i32) {
    // Never unlocked: other threads must not go on without the folders.
    let folders = folders();
    for folder in &*folders {
        // The engine of the graph may be creating a file in it.
        const TRIES: usize = 100;
        for _ in 0..TRIES {
            match std::fs::remove_dir_all(folder) {
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
                _ => break,
            }
        }
    }
    let _ = signal_hook::low_level::emulate_default_handler(signal);
}

/// Ignores SIGINT from now on.
pub(crate) fn leave_to_others() {
    watch();
    ARE_LEFT_TO_OTHERS.store(true, Ordering::SeqCst);
}

/// Ends the program on SIGINT again.
pub(crate) fn take_back() {
    ARE_LEFT_TO_OTHERS.store(false, Ordering::SeqCst);
}

/// Whether a signal was ignored when the program started.
pub(crate) fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}
