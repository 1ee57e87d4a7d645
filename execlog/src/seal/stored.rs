//! A seal as the journal has it.

use super::digest::Digest;
use super::event::SealEvent;
use crate::model::StoredRun;
use serde::{Deserialize, Serialize};

impl SealEvent {
    const ALL: [Self; 7] = [
        Self::Began,
        Self::Ended,
        Self::Settled,
        Self::Pinned,
        Self::Removed,
        Self::Imported,
        Self::Adopted,
    ];

    /// Whether the change may be of a run that another handle has sealed.
    pub(crate) fn is_of_any_run(self) -> bool {
        matches!(self, Self::Settled | Self::Pinned | Self::Removed)
    }

    /// The number that the journal stores.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    /// The event with this number in a journal.
    pub(crate) fn of_code(code: i64) -> Option<Self> {
        let mut events = Self::ALL.into_iter();
        events.find(|event| i64::from(event.code()) == code)
    }
}

/// A seal in the journal of a log.
///
/// As JSON it is a line of an export: the digest is in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Seal {
    /// The place in the journal: 1, 2, 3 …
    pub sequence: u64,
    /// The number of the run.
    pub run: i64,
    /// What happened to the run.
    pub event: SealEvent,
    /// The digest of event, number, record and context.
    pub digest: Digest,
}

impl Seal {
    /// Whether this is the seal of the run as it is stored now, or of a removed run if it is `None`.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation, RunSelector};
    ///
    /// let log = ExecutionLog::in_memory();
    /// log.begin(Invocation::new(["index"])).succeed();
    /// let mut run = log.find(RunSelector::latest())?.expect("a run").into();
    /// let seals: Vec<_> = log.maintenance().seals_after(0).collect::<Result<_, _>>()?;
    /// assert!(seals[1].is_of(Some(&run)));
    /// run.record.files_indexed = 7;
    /// assert!(!seals[1].is_of(Some(&run)));
    /// # Ok::<(), execlog::Error>(())
    /// ```
    #[must_use]
    pub fn is_of(&self, run: Option<&StoredRun>) -> bool {
        Digest::of(self.event, self.run, run) == self.digest
    }

    /// The checksum that is stored beside a seal: it tells a seal that was damaged from a run that was
    /// changed. The place is not part of it, since SQLite gives it with the row.
    pub(crate) fn checksum(run: i64, event: i64, digest: &[u8]) -> i64 {
        let mut bytes = Vec::with_capacity(48);
        bytes.extend_from_slice(&run.to_be_bytes());
        bytes.extend_from_slice(&event.to_be_bytes());
        bytes.extend_from_slice(digest);
        let digest = Digest::of_bytes(&bytes).0;
        let first = digest.first_chunk().copied().unwrap_or_default();
        i64::from_be_bytes(first)
    }
}
