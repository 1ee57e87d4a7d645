//! The status of a run at the time of reading.

use crate::model::Outcome;
use std::fmt;

/// The status of a run at the time of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Running: the process holds the lock of the run.
    Running,
    /// Ended as a success.
    Success,
    /// Ended as partly done.
    Partial,
    /// Ended as an error.
    Error,
    /// Crashed: the process died, or dropped the run without ending it.
    Crashed,
    /// Not ended and without a lock to check, or ended with an unknown outcome.
    /// [`RunEntry::note`](crate::RunEntry::note) gives the reason.
    Unknown,
}

impl Status {
    /// The name of the status: `running`, `success`, `partial`, `error`, `crashed` or `unknown`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Success => "success",
            Self::Partial => "partial",
            Self::Error => "error",
            Self::Crashed => "crashed",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl From<Outcome> for Status {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::Success,
            Outcome::Partial => Self::Partial,
            Outcome::Error => Self::Error,
        }
    }
}
