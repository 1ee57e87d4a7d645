//! The subcommands, a file or folder each.
//!
//! Each has its arguments, whose documentation is the text of `--help`, and a function `run`.
//! `export_line` is the format that `export` writes and `import` reads, and `splice_log` is the log of another
//! tool that `import` reads. `key_file` reads the keys that `checkpoint` and `verify` name.

pub(crate) mod checkpoint;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod export;
mod export_line;
pub(crate) mod fresh;
pub(crate) mod import;
mod key_file;
pub(crate) mod keygen;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod pin;
pub(crate) mod prune;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod settle;
pub(crate) mod ship;
pub(crate) mod show;
mod splice_log;
pub(crate) mod stats;
pub(crate) mod tail;
pub(crate) mod verify;
