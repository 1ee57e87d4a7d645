//! Selecting one run.

use crate::error::{Error, Result};
use crate::model::{ExecutionId, execution_id};
use std::fmt;
use std::str::FromStr;

/// Selects one run: the newest, or by number, id or id prefix.
///
/// The text form is `latest`, `#29`, or an execution id or a prefix of one. [`id`](Self::id) takes
/// any text as an id, even `latest` or `#29`.
///
/// ```
/// use execlog::RunSelector;
///
/// assert_eq!("latest".parse::<RunSelector>()?, RunSelector::latest());
/// assert_eq!("#29".parse::<RunSelector>()?, RunSelector::number(29));
/// assert_eq!("0199abcd".parse::<RunSelector>()?, RunSelector::id("0199abcd")?);
/// assert_ne!("latest".parse::<RunSelector>()?, RunSelector::id("latest")?);
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSelector(pub(crate) Selected);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selected {
    Latest,
    Number(i64),
    /// The run with this id, or else the only one whose id begins with it.
    Id(String),
}

impl RunSelector {
    /// Selects the newest run.
    #[must_use]
    pub fn latest() -> Self {
        Self(Selected::Latest)
    }

    /// Selects the run with this number, [`ExecutionRecord::id`](crate::ExecutionRecord::id).
    #[must_use]
    pub fn number(number: i64) -> Self {
        Self(Selected::Number(number))
    }

    /// Selects the run with this execution id, or else the only one whose id begins with it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidId`] if the text is neither a valid id nor a prefix of one.
    pub fn id(id: &str) -> Result<Self> {
        execution_id::check(id)?;
        Ok(Self(Selected::Id(id.to_owned())))
    }
}

impl FromStr for RunSelector {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text == "latest" {
            return Ok(Self::latest());
        }
        let number = text.strip_prefix('#').map(str::parse);
        match number {
            Some(Ok(number)) => Ok(Self::number(number)),
            Some(Err(_)) | None => Self::id(text),
        }
    }
}

impl From<&ExecutionId> for RunSelector {
    fn from(id: &ExecutionId) -> Self {
        Self(Selected::Id(id.as_str().to_owned()))
    }
}

impl fmt::Display for RunSelector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Selected::Latest => formatter.pad("latest"),
            Selected::Number(number) => formatter.pad(&format!("#{number}")),
            Selected::Id(id) => formatter.pad(id),
        }
    }
}
