//! How runs are written to standard output.

mod csv;
mod format;
mod json;
mod pager;
mod screen;
mod table;
mod template;
mod writer;

pub(crate) use csv::{CsvRows, defused};
pub(crate) use format::{FormatArguments, Printer};
pub(crate) use screen::{Screen, TerminalArguments, style_of};
pub(crate) use table::{GAP, Layout, empty, header, rendered, shortened};
