//! What happened to a run when it was sealed.

use crate::model::ExecutionRecord;
use crate::model::record::RUNNING;
use serde::{Deserialize, Serialize};

/// What happened to a run when it was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SealEvent {
    /// The run began.
    Began = 1,
    /// The run ended, or was recorded complete.
    Ended = 2,
    /// The run had crashed and was settled.
    Settled = 3,
    /// The run was pinned or unpinned, or its note was changed.
    Pinned = 4,
    /// The run was removed.
    Removed = 5,
    /// The run was imported, or updated by an import.
    Imported = 6,
    /// The run was found in the log without a seal: another program wrote it, or a log without seals.
    Adopted = 7,
}

impl SealEvent {
    /// The event of adding a run with this record.
    pub(crate) fn of_insert(record: &ExecutionRecord) -> Self {
        if record.outcome == RUNNING {
            Self::Began
        } else {
            Self::Ended
        }
    }

    /// The name in the sealed JSON and in exports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Began => "began",
            Self::Ended => "ended",
            Self::Settled => "settled",
            Self::Pinned => "pinned",
            Self::Removed => "removed",
            Self::Imported => "imported",
            Self::Adopted => "adopted",
        }
    }
}
