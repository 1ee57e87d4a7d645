//! The runs to read, with or without their contexts, and their order.

use super::{ContextFilter, Filter};
use crate::model::Outcome;
use crate::model::record::RUNNING;

/// The runs to read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    pub(crate) filter: Filter,
    /// If it is not empty, `contexts` are all.
    pub(crate) context_filter: ContextFilter,
    /// About how many runs will be taken; `None` for all.
    pub(crate) wanted: Option<usize>,
    pub(crate) contexts: Contexts,
    pub(crate) order: Order,
}

impl Selection {
    /// Whether a summary of a run does not tell whether it is selected.
    pub(crate) fn needs_whole_runs(&self) -> bool {
        self.filter.needs_whole_records() || !self.context_filter.is_empty()
    }
}

/// The contexts to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Contexts {
    #[default]
    None,
    /// The contexts that the status may depend on.
    ForStatus,
    All,
}

impl Contexts {
    /// Whether to read the context of a run with this outcome.
    pub(crate) fn has(self, outcome: &str) -> bool {
        match self {
            Self::None => false,
            Self::ForStatus => outcome == RUNNING || outcome == Outcome::Error.as_str(),
            Self::All => true,
        }
    }
}

/// The order of runs.
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
