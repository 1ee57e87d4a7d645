use super::Filter;

/// Which runs to read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    pub(crate) filter: Filter,
    /// About how many will be taken, or `None` for all there are.
    pub(crate) wanted: Option<usize>,
    pub(crate) with_context: bool,
    pub(crate) oldest_first: bool,
}
