use super::Filter;

/// Which runs to read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    pub(crate) filter: Filter,
    /// About how many will be taken, or `None` for all there are.
    pub(crate) wanted: Option<usize>,
    pub(crate) with_context: bool,
    pub(crate) order: Order,
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
