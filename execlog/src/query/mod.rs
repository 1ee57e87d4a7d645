//! The terms of queries: `selection` and its `filter` for many runs, `run_selector` for one.

mod filter;
mod run_selector;
mod selection;

pub(crate) use filter::{Filter, Text};
pub use run_selector::RunSelector;
pub(crate) use run_selector::Selected;
pub(crate) use selection::{Contexts, Order, Selection};
