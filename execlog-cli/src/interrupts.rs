//! Signals that end this program: what it must not leave behind is removed first.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use tempfile::TempDir;

/// The signals that end this program and let it clean up.
const ENDING: [i32; 3] = [SIGHUP, SIGINT, SIGTERM];

/// The folders to be removed.
static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Another program before the terminal acts on interrupts.
static ARE_LEFT_TO_OTHERS: AtomicBool = AtomicBool::new(false);

/// A temporary folder that is removed when it is dropped, and also when a signal ends this program.
pub(crate) struct Folder {
    /// `None` while it is removed.
    folder: Option<TempDir>,
    path: PathBuf,
}

impl Folder {
    /// Tracks the folder that `make` makes.
    pub(crate) fn of(make: impl FnOnce() -> io::Result<TempDir>) -> io::Result<Self> {
        watch();
        // A signal that arrives meanwhile waits for the folder to be listed.
        let mut folders = folders();
        let folder = make()?;
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
        // Waits for good if a signal is ending the program.
        let mut folders = folders();
        self.folder.take();
        folders.retain(|folder| *folder != self.path);
    }
}

fn folders() -> MutexGuard<'static, Vec<PathBuf>> {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Handles the signals from now on, but for those that this program was started to ignore, as SIGHUP
/// under `nohup`.
fn watch() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        let handled = ENDING.into_iter().filter(|signal| !is_ignored(*signal));
        // Without a handler a signal ends this program at once, as before.
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
    // Never unlocked, so that nobody goes on without the folders.
    let folders = folders();
    for folder in &*folders {
        // The graph's engine may be making a file in it.
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

/// From now on an interrupt does not end this program.
pub(crate) fn leave_to_others() {
    watch();
    ARE_LEFT_TO_OTHERS.store(true, Ordering::SeqCst);
}

/// From now on an interrupt ends this program again.
pub(crate) fn take_back() {
    ARE_LEFT_TO_OTHERS.store(false, Ordering::SeqCst);
}

/// Whether this program was started to ignore a signal.
pub(crate) fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}
