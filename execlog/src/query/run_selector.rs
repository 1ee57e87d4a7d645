//! Which run is meant.

use crate::error::{Error, Result};
use crate::model::{ExecutionId, execution_id};
use std::fmt;
use std::str::FromStr;

/// Which run is meant: the newest, the one with a number, or the one with an id or its beginning.
///
/// As text it is `latest`, `#29`, or an execution id or the beginning of one. A run whose id looks like
/// one of the first two is meant by [`id`](Self::id), which takes every text for an id.
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
    /// It has this id, or the only one that begins with this.
    Id(String),
}

impl RunSelector {
    /// The newest run.
    #[must_use]
    pub fn latest() -> Self {
        Self(Selected::Latest)
    }

    /// The run with this number, [`ExecutionRecord::id`](crate::ExecutionRecord::id).
    #[must_use]
    pub fn number(number: i64) -> Self {
        Self(Selected::Number(number))
    }

    /// The run with this execution id, or the only one whose id begins with it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidId`] if no id can be or begin so.
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
