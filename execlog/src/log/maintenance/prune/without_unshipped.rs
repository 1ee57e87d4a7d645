//! A build without the feature `seals`, which does not ship: no run is kept for that.

#![allow(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "the interface is that of a build with seals"
)]

use super::Policy;
use crate::error::Result;
use crate::log::Threads;
use crate::log::core::Core;

/// No runs.
#[derive(Debug, Default)]
pub(super) struct Unshipped;

impl Unshipped {
    pub(super) fn of<T: Threads>(_: &Core<T>, _: &Policy) -> Result<Self> {
        Ok(Self)
    }

    pub(super) fn has(&self, _: i64) -> bool {
        false
    }
}
