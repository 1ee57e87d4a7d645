//! The stored entries of the journal.

use crate::error::Result;
use crate::seal::hexadecimal::{Hexadecimal, bytes};
use crate::seal::{Digest, Seal, SealEvent};
use crate::store::seals::StoredSeal;
use execlog_derive::KvRecord;
use serde::{Deserialize, Serialize};

/// A seal, stored as one text: native 3.9 writes every entry at each flush.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KvRecord)]
#[serde(into = "String", try_from = "String")]
#[kv(prefix = "execlog-seal", crate = "crate")]
pub(super) struct SealEntry {
    #[kv(key, ordered)]
    pub(super) sequence: u64,
    run: i64,
    event: i64,
    digest: Vec<u8>,
    checksum: i64,
}

impl From<SealEntry> for String {
    fn from(entry: SealEntry) -> Self {
        let SealEntry {
            sequence,
            run,
            event,
            digest,
            checksum,
        } = entry;
        format!(
            "{sequence} {run} {event} {} {checksum}",
            Hexadecimal(&digest)
        )
    }
}

impl TryFrom<String> for SealEntry {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let entry = || {
            let mut parts = text.split(' ');
            let entry = Self {
                sequence: parts.next()?.parse().ok()?,
                run: parts.next()?.parse().ok()?,
                event: parts.next()?.parse().ok()?,
                digest: bytes(parts.next()?)?,
                checksum: parts.next()?.parse().ok()?,
            };
            parts.next().is_none().then_some(entry)
        };
        entry().ok_or("not a seal")
    }
}

impl SealEntry {
    pub(super) fn new(sequence: u64, run: i64, event: SealEvent, digest: Digest) -> Self {
        let event = i64::from(event.code());
        Self {
            sequence,
            run,
            event,
            digest: digest.as_bytes().to_vec(),
            checksum: Seal::checksum(run, event, digest.as_bytes()),
        }
    }

    pub(super) fn stored(&self) -> StoredSeal {
        StoredSeal::checked(
            self.sequence,
            self.run,
            self.event,
            &self.digest,
            self.checksum,
        )
    }
}

/// What the journal says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KvRecord)]
#[kv(prefix = "execlog-journal", crate = "crate")]
pub(super) struct JournalEntry {
    /// Always 1.
    #[kv(key)]
    pub(super) id: u64,
    pub(super) log_id: String,
    pub(super) dropped: u64,
    /// In hexadecimal.
    pub(super) peaks: String,
}

/// How far a target has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KvRecord)]
#[kv(prefix = "execlog-shipped", crate = "crate")]
pub(super) struct ShippedEntry {
    #[kv(key)]
    pub(super) target: String,
    pub(super) sequence: u64,
}
