//! Which runs are asked for, and what is told of them.

mod entry;
mod filter;
mod selection;
mod status;

pub use entry::RunEntry;
pub(crate) use filter::{Filter, Text};
pub(crate) use selection::{Found, Selection};
pub use status::Status;
