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
        const PAGE: usize = 16_384;
        if policy.unshipped_within.is_none() {
            return Ok(Self::default());
        }
        let store = core.store();
        let mut place = store.shipped_everywhere()?.unwrap_or(0);
        let mut numbers = HashSet::new();
        loop {
            let seals = store.seals_after(place, PAGE)?;
            let Some(last) = seals.last() else {
                return Ok(Self(numbers));
            };
            place = last.sequence;
            numbers.extend(seals.iter().map(|seal| seal.run));
        }
    }

    pub(super) fn has(&self, number: i64) -> bool {
        self.0.contains(&number)
    }
}
