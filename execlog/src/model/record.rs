//! The record of a run: the fourteen fields that magellan has too, and what may be in them.

use crate::error::{Error, Result};
use crate::model::{Outcome, execution_id};
use execlog_derive::KvRecord;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The word in [`ExecutionRecord::outcome`] of a run that has not ended.
pub(crate) const RUNNING: &str = "running";

/// One run, as it is stored.
///
/// The fourteen fields, their order and their types are those of magellan's `ExecutionRecord`, so
/// that either can read what the other wrote. They are plain on purpose: the calls of
/// [`ExecutionLog`](crate::ExecutionLog) check what goes in.
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
    /// The run's number in its log: 1, 2, 3 …
    pub id: i64,
    /// The run's own id, unique in the log.
    #[kv(key)]
    pub execution_id: String,
    /// The version of the tool that ran.
    pub tool_version: String,
    /// The arguments, as the text of a JSON array of strings.
    pub args: String,
    /// The folder that was worked on, if there was one.
    pub root: Option<String>,
    /// The database that was worked on.
    pub db_path: String,
    /// When the run began, in seconds since 1970 in UTC.
    pub started_at: i64,
    /// When it ended, in seconds since 1970 in UTC; `None` while it runs, and if it crashed.
    pub finished_at: Option<i64>,
    /// How long it took, in milliseconds; `None` while it runs, and if it crashed.
    pub duration_ms: Option<i64>,
    /// `running`, `success`, `partial` or `error`.
    pub outcome: String,
    /// What went wrong, if something did.
    pub error_message: Option<String>,
    /// How many files were indexed.
    pub files_indexed: i64,
    /// How many symbols were indexed.
    pub symbols_indexed: i64,
    /// How many references were indexed.
    pub references_indexed: i64,
}

impl ExecutionRecord {
    /// The arguments, one by one.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRecord`] if [`args`](Self::args) is not a JSON array of strings.
    pub fn arguments(&self) -> Result<Vec<String>> {
        serde_json::from_str(&self.args)
            .map_err(|error| self.invalid("args", format!("not a JSON array of strings: {error}")))
    }

    /// The first argument, which for most tools is the command. `None` if there is none, or if
    /// [`args`](Self::args) is not a JSON array of strings.
    #[must_use]
    pub fn command(&self) -> Option<String> {
        let First(command) = serde_json::from_str(&self.args).ok()?;
        command
    }

    /// How the run ended, or `None` while it runs.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOutcome`] if another program stored a word that is not known here.
    pub fn outcome(&self) -> Result<Option<Outcome>> {
        if self.outcome == RUNNING {
            return Ok(None);
        }
        self.outcome.parse().map(Some)
    }

    /// Refuses a record that says what cannot be: one rule for all that goes into a log whole, and for
    /// what is found in one.
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

/// The first text of a JSON array. Those that follow are passed over and not kept.
struct First(Option<String>);

impl<'de> Deserialize<'de> for First {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FirstVisitor;

        impl<'de> Visitor<'de> for FirstVisitor {
            type Value = First;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an array of strings")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<First, A::Error> {
                let first = texts.next_element()?;
                while texts.next_element::<IgnoredAny>()?.is_some() {}
                Ok(First(first))
            }
        }

        deserializer.deserialize_seq(FirstVisitor)
    }
}
