//! Which runs to read, how much of each, and in which order.

use super::Filter;
use crate::model::Outcome;
use crate::model::record::RUNNING;

/// Which runs to read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    pub(crate) filter: Filter,
    /// About how many will be taken, or `None` for all there are.
    pub(crate) wanted: Option<usize>,
    pub(crate) contexts: Contexts,
    pub(crate) order: Order,
}

/// Which contexts are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Contexts {
    #[default]
    None,
    /// Those that the status of their run may depend on.
    ForStatus,
    All,
}

impl Contexts {
    /// Whether the context of a run with this outcome is read.
    pub(crate) fn has(self, outcome: &str) -> bool {
        match self {
            Self::None => false,
            Self::ForStatus => outcome == RUNNING || outcome == Outcome::Error.as_str(),
            Self::All => true,
        }
    }
}

/// In which order runs come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    /// By `started_at` and then number, descending.
    #[default]
    NewestFirst,
    /// The same, ascending.
    OldestFirst,
    /// By number, ascending.
    AsAdded,
}
