//! A build without the feature `seals`: no journal is read or written.

/// Whether this build reads and writes seals.
pub(crate) const ARE_KEPT: bool = false;

/// What a log is compared with while it is verified: nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verification {}

/// The journal of a store, which this build does not read.
pub(crate) trait JournalStore {}
