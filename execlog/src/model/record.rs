//! The record of a run: the fourteen fields of magellan's record, and their valid values.

use crate::error::{Error, Result};
use crate::model::{Outcome, execution_id};
use execlog_derive::KvRecord;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// The value of [`ExecutionRecord::outcome`] for a run that has not ended.
pub(crate) const RUNNING: &str = "running";

/// The record of one run.
///
/// The fields, their order and their types are those of magellan's `ExecutionRecord`, so that each
/// program can read the other's records. The types are plain on purpose: the calls of
/// [`ExecutionLog`](crate::ExecutionLog) check the values.
///
/// ```
/// use execlog::{ExecutionRecord, execution_log_key};
///
/// assert_eq!(execution_log_key("6b03270d-7759"), b"execlog:6b03270d-7759");
/// assert_eq!(ExecutionRecord::parse_key(b"execlog:6b03270d-7759")?, "6b03270d-7759");
/// # use execlog::KvRecord;
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KvRecord)]
#[kv(prefix = "execlog", key_fn = "execution_log_key", crate = "crate")]
pub struct ExecutionRecord {
    /// The number of the run in its log: 1, 2, 3 …
    pub id: i64,
    /// The execution id, unique in the log.
    #[kv(key)]
    pub execution_id: String,
    /// The version of the tool.
    pub tool_version: String,
    /// The arguments, as a JSON array of strings.
    pub args: String,
    /// The folder that the tool worked on, if any.
    pub root: Option<String>,
    /// The database that the tool worked on.
    pub db_path: String,
    /// The start time, in seconds since 1970 in UTC.
    pub started_at: i64,
    /// The end time, in seconds since 1970 in UTC; `None` while the run goes on, and if it crashed.
    pub finished_at: Option<i64>,
    /// The duration in milliseconds; `None` while the run goes on, and if it crashed.
    pub duration_ms: Option<i64>,
    /// `running`, `success`, `partial` or `error`.
    pub outcome: String,
    /// The error message, if the run failed or was partly done.
    pub error_message: Option<String>,
    /// The number of indexed files.
    pub files_indexed: i64,
    /// The number of indexed symbols.
    pub symbols_indexed: i64,
    /// The number of indexed references.
    pub references_indexed: i64,
}

impl ExecutionRecord {
    /// The record of a run that has just begun, with the fields that a host does not give.
    pub(crate) fn running(execution_id: String, started_at: i64) -> Self {
        Self {
            id: 0,
            execution_id,
            tool_version: String::new(),
            args: String::new(),
            root: None,
            db_path: String::new(),
            started_at,
            finished_at: None,
            duration_ms: None,
            outcome: RUNNING.to_owned(),
            error_message: None,
            files_indexed: 0,
            symbols_indexed: 0,
            references_indexed: 0,
        }
    }

    /// Parses the arguments.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRecord`] if [`args`](Self::args) is not a JSON array of strings.
    pub fn arguments(&self) -> Result<Vec<String>> {
        serde_json::from_str(&self.args)
            .map_err(|error| self.invalid("args", format!("not a JSON array of strings: {error}")))
    }

    /// The first argument, for most tools the command. `None` without arguments, or if
    /// [`args`](Self::args) is not a JSON array of strings.
    #[must_use]
    pub fn command(&self) -> Option<String> {
        self.first_argument().map(Cow::into_owned)
    }

    pub(crate) fn first_argument(&self) -> Option<Cow<'_, str>> {
        first_argument(&self.args)
    }

    /// The outcome, or `None` while the run goes on.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOutcome`] if another program stored an unknown outcome.
    pub fn outcome(&self) -> Result<Option<Outcome>> {
        if self.outcome == RUNNING {
            return Ok(None);
        }
        self.outcome.parse().map(Some)
    }

    /// Refuses records with contradictory values. Used for records that are added complete, and for
    /// stored records.
    pub(crate) fn check(&self) -> Result<()> {
        execution_id::check(&self.execution_id)?;
        self.arguments()?;
        let ended = self
            .outcome()
            .map_err(|error| self.invalid("outcome", format!("{error}, or `{RUNNING}`")))?;
        if ended.is_none() && (self.finished_at.is_some() || self.duration_ms.is_some()) {
            let reason = format!("the run has an end, so the outcome cannot be `{RUNNING}`");
            return Err(self.invalid("outcome", reason));
        }
        let numbers = [
            ("duration_ms", self.duration_ms.unwrap_or_default()),
            ("files_indexed", self.files_indexed),
            ("symbols_indexed", self.symbols_indexed),
            ("references_indexed", self.references_indexed),
        ];
        match numbers.into_iter().find(|(_, number)| *number < 0) {
            None => Ok(()),
            Some((field, number)) => Err(self.invalid(field, format!("{number} is negative"))),
        }
    }

    fn invalid(&self, field: &'static str, reason: String) -> Error {
        Error::InvalidRecord {
            execution_id: self.execution_id.clone(),
            field,
            reason,
        }
    }
}

/// The first string of a JSON array. `None` if the array is empty, or if it is not one.
pub(crate) fn first_argument(args: &str) -> Option<Cow<'_, str>> {
    let First(first) = serde_json::from_str(args).ok()?;
    first.map(|Text(text)| text)
}

/// The first string of a JSON array. Skips the other elements.
struct First<'de>(Option<Text<'de>>);

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for First<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FirstVisitor;

        impl<'de> Visitor<'de> for FirstVisitor {
            type Value = First<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an array of strings")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<First<'de>, A::Error> {
                let first = texts.next_element()?;
                while texts.next_element::<IgnoredAny>()?.is_some() {}
                Ok(First(first))
            }
        }

        deserializer.deserialize_seq(FirstVisitor)
    }
}
