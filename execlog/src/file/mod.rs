//! Logs in files: of which kind a file is, and how it is opened.

mod kind;
mod open;

pub use kind::FileKind;
