//! The terms of queries: `selection` for many runs, with its `filter` and `context_filter`, and
//! `run_selector` for one.

mod context_filter;
mod filter;
mod run_selector;
mod selection;

pub(crate) use context_filter::ContextFilter;
pub(crate) use filter::{Filter, Text};
pub use run_selector::RunSelector;
pub(crate) use run_selector::Selected;
pub(crate) use selection::{Contexts, Order, Selection};
