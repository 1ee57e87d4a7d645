//! The runs that some target does not have yet.

use super::Policy;
use crate::error::Result;
use crate::log::Threads;
use crate::log::core::Core;
use std::collections::HashSet;

/// The numbers of the runs that were changed since the log was shipped everywhere.
#[derive(Debug, Default)]
pub(super) struct Unshipped(HashSet<i64>);

impl Unshipped {
    /// Reads the seals since then. Empty if the policy has no rule about them.
    pub(super) fn of<T: Threads>(core: &Core<T>, policy: &Policy) -> Result<Self> {
        if policy.unshipped_within.is_none() {
            return Ok(Self::default());
        }
        let shipped = core.store().shipped_everywhere()?.unwrap_or(0);
        let numbers = core
            .seals_after(shipped)
            .map(|seal| seal.map(|seal| seal.run));
        numbers.collect::<Result<_>>().map(Self)
    }

    pub(super) fn has(&self, number: i64) -> bool {
        self.0.contains(&number)
    }
}
