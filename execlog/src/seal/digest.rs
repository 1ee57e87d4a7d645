//! The digest of a run at an event.

use super::canonical::canonical;
use super::event::SealEvent;
use crate::model::StoredRun;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A SHA-256 digest. `Display` writes it in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub(crate) [u8; 32]);

/// The first byte of a hashed leaf, and of a hashed pair of nodes, by RFC 6962.
const LEAF: u8 = 0;
const NODE: u8 = 1;

impl Digest {
    /// The digest of the run with this number at this event. `run` is `None` once the run is removed.
    pub(crate) fn of(event: SealEvent, number: i64, run: Option<&StoredRun>) -> Self {
        let mut sealed = Vec::with_capacity(1024);
        sealed.push(LEAF);
        canonical(&mut sealed, event, number, run);
        Self::of_bytes(&sealed)
    }

    /// The parent of two nodes of the tree.
    pub(super) fn of_pair(left: Self, right: Self) -> Self {
        let mut pair = [NODE; 65];
        pair[1..33].copy_from_slice(&left.0);
        pair[33..].copy_from_slice(&right.0);
        Self::of_bytes(&pair)
    }

    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// How many bits differ between two digests. Those of different runs differ in about half of the 256.
    pub(crate) fn distance(&self, other: &Self) -> u32 {
        let bytes = self.0.iter().zip(other.0);
        bytes.map(|(one, other)| (one ^ other).count_ones()).sum()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({self})")
    }
}
