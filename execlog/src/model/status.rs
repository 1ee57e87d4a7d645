//! The status of a run at the time it is read.

use crate::model::Outcome;
use std::fmt;

/// The status of a run at the time it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// It goes on: its process holds its lock.
    Running,
    /// It ended, and all that was asked for was done.
    Success,
    /// It ended, and some of it was done.
    Partial,
    /// It ended and failed.
    Error,
    /// Its process died, or gave up the run without saying how it ended.
    Crashed,
    /// It has not ended, and there is no lock to tell whether it goes on; or its outcome is none
    /// that is known. [`RunEntry::note`](crate::RunEntry::note) says which.
    Unknown,
}

impl Status {
    /// The word for it: `running`, `success`, `partial`, `error`, `crashed` or `unknown`.
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
