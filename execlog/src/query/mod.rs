//! Which runs are asked for.

mod filter;
mod selection;

pub(crate) use filter::{Filter, Text};
pub(crate) use selection::{Contexts, Order, Selection};
