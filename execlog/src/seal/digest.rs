//! The digest of a run at an event.

use super::canonical::canonical;
use super::event::SealEvent;
use super::hexadecimal::{Hexadecimal, bytes};
use crate::model::StoredRun;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
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
        Hexadecimal(&self.0).fmt(formatter)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Digest({self})")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let digest = bytes(&text).and_then(|bytes| bytes.try_into().ok());
        digest
            .map(Self)
            .ok_or_else(|| de::Error::custom("a digest is 64 hexadecimal digits"))
    }
}
