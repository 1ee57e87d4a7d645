//! How a run ended.

use crate::error::printable;
use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// How a run ended.
///
/// A run that has not ended has no outcome yet; its record says `running`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// All that was asked for was done.
    Success,
    /// Some of it was done: files were skipped, say.
    Partial,
    /// It failed.
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
