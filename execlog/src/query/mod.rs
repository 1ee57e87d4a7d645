//! Which runs are asked for, and what is told of them.

mod entry;
mod filter;
mod selection;
mod status;
mod stored_run;

pub use entry::RunEntry;
pub(crate) use filter::{Filter, Text};
pub(crate) use selection::{Contexts, Order, Selection};
pub use status::Status;
pub use stored_run::{Imported, StoredRun};
