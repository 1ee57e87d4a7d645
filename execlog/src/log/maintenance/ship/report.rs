//! What came of shipping a log.

use crate::store::Refused;

/// The result of [`Maintenance::ship`](crate::Maintenance::ship).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShipReport {
    /// The number of runs that the target has added or changed. A run that changed while the log was shipped
    /// counts each time that it was sent.
    pub sent: usize,
    /// The number of seals that the target has taken.
    pub seals: usize,
    /// The runs that were not sent, and why.
    pub left_behind: Vec<Refused>,
    /// Whether the time was over before everything was sent.
    pub is_cut_short: bool,
}

impl ShipReport {
    /// Whether the target has everything.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.left_behind.is_empty() && !self.is_cut_short
    }
}
