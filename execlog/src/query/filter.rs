//! The conditions that need only the record.

use crate::model::ExecutionRecord;
use crate::model::Status;
use crate::model::record::RUNNING;

/// Which runs are asked for, as far as the record alone tells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Seconds since 1970: it began then or later.
    pub(crate) since: Option<i64>,
    /// Seconds since 1970: it began earlier than that.
    pub(crate) before: Option<i64>,
    /// Any of these, or any at all if there is none.
    pub(crate) statuses: Vec<Status>,
    pub(crate) text: Option<Text>,
    /// Its first argument is any of these.
    pub(crate) commands: Vec<String>,
    pub(crate) roots: Vec<String>,
    pub(crate) tool_versions: Vec<String>,
    /// It ended, and took at least so many milliseconds.
    pub(crate) min_duration_ms: Option<i64>,
}

/// A text to look for, without regard to the case of ASCII letters.
#[derive(Debug, Clone)]
pub(crate) struct Text(String);

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_ascii_lowercase())
    }

    pub(crate) fn needle(&self) -> &str {
        &self.0
    }

    fn is_in(&self, record: &ExecutionRecord) -> bool {
        let is_plain = |text: &str| text.to_ascii_lowercase().contains(&self.0);
        let is_in_args = match record.arguments() {
            Ok(args) => args.iter().any(|argument| is_plain(argument)),
            Err(_) => is_plain(&record.args),
        };
        is_in_args
            || is_plain(&record.execution_id)
            || is_plain(&record.tool_version)
            || record.root.as_deref().is_some_and(is_plain)
            || is_plain(&record.db_path)
            || record.error_message.as_deref().is_some_and(is_plain)
    }
}

impl Filter {
    /// Where a text is looked for.
    pub(crate) const TEXT_COLUMNS: [&'static str; 6] = [
        "execution_id",
        "tool_version",
        "args",
        "root",
        "db_path",
        "error_message",
    ];

    /// The outcomes that runs of the statuses have in their records, or `None` if it is not for the
    /// record to tell.
    pub(crate) fn words(&self) -> Option<Vec<&'static str>> {
        if self.statuses.is_empty() || self.statuses.contains(&Status::Unknown) {
            return None;
        }
        let of = |status: &Status| match status {
            Status::Running => &[RUNNING][..],
            Status::Success => &["success"],
            Status::Partial => &["partial"],
            Status::Error => &["error"],
            // Once it is settled it is an error.
            Status::Crashed | Status::Unknown => &[RUNNING, "error"],
        };
        let mut words: Vec<_> = self.statuses.iter().flat_map(of).copied().collect();
        words.sort_unstable();
        words.dedup();
        Some(words)
    }

    /// Whether only runs are asked for whose records say that they go on.
    pub(crate) fn is_only_running(&self) -> bool {
        self.words().is_some_and(|words| words == [RUNNING])
    }

    /// Whether the record may be one of those asked for.
    pub(crate) fn lets_through(&self, record: &ExecutionRecord) -> bool {
        self.lets_through_start(record.started_at)
            && self
                .words()
                .is_none_or(|words| words.contains(&record.outcome.as_str()))
            && self.text.as_ref().is_none_or(|text| text.is_in(record))
            && is_any(&self.commands, || record.command())
            && is_any(&self.roots, || record.root.clone())
            && is_any(&self.tool_versions, || Some(record.tool_version.clone()))
            && self
                .min_duration_ms
                .is_none_or(|least| record.duration_ms.is_some_and(|took| took >= least))
    }

    pub(crate) fn lets_through_start(&self, started_at: i64) -> bool {
        self.since.is_none_or(|since| started_at >= since)
            && self.before.is_none_or(|before| started_at < before)
    }
}

/// Whether the value is one of those asked for, or none are.
fn is_any(wanted: &[String], value: impl FnOnce() -> Option<String>) -> bool {
    wanted.is_empty() || value().is_some_and(|value| wanted.contains(&value))
}
