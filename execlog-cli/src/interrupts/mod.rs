//! Cleans up when a signal ends the program: `signals` on Unix, `without_signals` elsewhere.

#[cfg(unix)]
mod signals;
#[cfg(not(unix))]
mod without_signals;

#[cfg(unix)]
pub(crate) use signals::{Folder, is_ignored, leave_to_others, take_back};
#[cfg(not(unix))]
pub(crate) use without_signals::{Folder, leave_to_others, take_back};
