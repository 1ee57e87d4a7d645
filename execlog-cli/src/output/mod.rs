//! How runs are written to standard output: each format, the terminal and the pager.

mod csv;
mod format;
mod json;
mod pager;
mod printable;
mod screen;
mod table;
mod template;
mod writer;

pub(crate) use csv::{CsvRows, defused};
pub(crate) use format::{FormatArguments, Printer};
pub(crate) use json::{json_line, json_lines};
use printable::printable_json;
pub(crate) use printable::{PrintableLines, printable};
pub(crate) use screen::{Screen, TerminalArguments, style_of};
pub(crate) use table::{GAP, Layout, empty, header, rendered, shortened};
