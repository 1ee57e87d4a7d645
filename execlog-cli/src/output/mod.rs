//! What the command writes.
//!
//! - Runs: `format` has the options and the printer, which writes through a `writer`: `table`, whose
//!   `columns` fit the screen, `csv`, `json` or `template`. `values` turns the value of a field into text or JSON. `readable` skips runs that
//!   cannot be read.
//! - Standard output: `screen` is where it goes, `pager` shows it page by page, and `printable` escapes
//!   what could control a terminal.
//! - Standard error: `messages` and `progress`, and the `warnings` of the library.
//! - `file` is a file that the user names.

pub(crate) mod columns;
pub(crate) mod csv;
pub(crate) mod file;
pub(crate) mod format;
pub(crate) mod json;
pub(crate) mod messages;
mod pager;
pub(crate) mod printable;
pub(crate) mod progress;
pub(crate) mod readable;
pub(crate) mod screen;
pub(crate) mod table;
mod template;
pub(crate) mod values;
pub(crate) mod warnings;
mod writer;
