//! Finds and opens a log.
//!
//! `arguments` has the options that choose the log, and opens it. `location` is a file or a server, and
//! `finding` looks for a file if none is named. `opening` reads a log, native graphs from a copy that
//! `copying` makes. `private` creates files and folders that only their owner can read.

pub(crate) mod arguments;
mod copying;
mod finding;
pub(crate) mod location;
pub(crate) mod opening;
pub(crate) mod private;
