//! The log is a guest in the file of a host: what it leaves alone, and what it is not harmed by.

mod head;
mod hostile;
#[cfg(target_os = "linux")]
mod locks;
mod moved;
#[cfg(unix)]
mod private;
#[cfg(unix)]
mod processes;
mod sweeping;
mod warnings;
mod write_ahead;
