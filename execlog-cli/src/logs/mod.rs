//! Finds and opens a log.
//!
//! `arguments` has the options that choose the log, and opens it. `finding` looks for a log if none is
//! named. `opening` reads the log in a file, native graphs from a copy that `copying` makes. `private`
//! creates files and folders that only their owner can read.

pub(crate) mod arguments;
mod copying;
mod finding;
pub(crate) mod opening;
pub(crate) mod private;
