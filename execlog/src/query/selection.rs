use super::Filter;
use crate::{ExecutionContext, ExecutionRecord};

/// Which runs to read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    pub(crate) filter: Filter,
    /// About how many will be taken, or `None` for all there are.
    pub(crate) wanted: Option<usize>,
    pub(crate) with_context: bool,
}

/// What is stored of a run.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) record: ExecutionRecord,
    pub(crate) context: Option<ExecutionContext>,
}
