//! How a run ended.

use crate::error::printable;
use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// How a run ended.
///
/// A run that has not ended has no outcome; its record says `running`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The run did everything it was asked to.
    Success,
    /// The run did some of it: for example, it skipped files.
    Partial,
    /// The run failed.
    Error,
}

impl Outcome {
    /// The word in the record: `success`, `partial` or `error`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Partial => "partial",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Outcome {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        [Self::Success, Self::Partial, Self::Error]
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
            .ok_or_else(|| Error::InvalidOutcome {
                outcome: printable(word.as_bytes()),
            })
    }
}

impl TryFrom<&String> for Outcome {
    type Error = Error;

    fn try_from(word: &String) -> Result<Self> {
        word.parse()
    }
}

impl TryFrom<&str> for Outcome {
    type Error = Error;

    fn try_from(word: &str) -> Result<Self> {
        word.parse()
    }
}
