//! The conditions that need only the record.

use crate::model::ExecutionRecord;
use crate::model::Status;
use crate::model::record::RUNNING;

/// The conditions of a query that need only the record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// The earliest start, in seconds since 1970.
    pub(crate) since: Option<i64>,
    /// The end of the start times, exclusive, in seconds since 1970.
    pub(crate) before: Option<i64>,
    /// The allowed statuses; any if empty.
    pub(crate) statuses: Vec<Status>,
    pub(crate) text: Option<Text>,
    /// The allowed first arguments; any if empty.
    pub(crate) commands: Vec<String>,
    pub(crate) roots: Vec<String>,
    pub(crate) tool_versions: Vec<String>,
    /// The shortest duration, in milliseconds.
    pub(crate) min_duration_ms: Option<i64>,
    /// The allowed numbers; any if `None`.
    pub(crate) numbers: Option<Vec<i64>>,
}

/// A text to search for, ignoring the case of ASCII letters.
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
    /// The columns that the text is searched in.
    pub(crate) const TEXT_COLUMNS: [&'static str; 6] = [
        "execution_id",
        "tool_version",
        "args",
        "root",
        "db_path",
        "error_message",
    ];

    /// The outcomes in the records of runs with these statuses, or `None` if any outcome is
    /// possible.
    pub(crate) fn outcomes(&self) -> Option<Vec<&'static str>> {
        if self.statuses.is_empty() || self.statuses.contains(&Status::Unknown) {
            return None;
        }
        let outcomes_of = |status: &Status| match status {
            Status::Running => &[RUNNING][..],
            Status::Success => &["success"],
            Status::Partial => &["partial"],
            Status::Error => &["error"],
            // The outcome is `running` before settling and `error` after.
            Status::Crashed | Status::Unknown => &[RUNNING, "error"],
        };
        let mut outcomes: Vec<_> = self
            .statuses
            .iter()
            .flat_map(outcomes_of)
            .copied()
            .collect();
        outcomes.sort_unstable();
        outcomes.dedup();
        Some(outcomes)
    }

    /// Whether only records with the outcome `running` match.
    pub(crate) fn is_only_running(&self) -> bool {
        self.outcomes()
            .is_some_and(|outcomes| outcomes == [RUNNING])
    }

    /// Whether the record matches. The status may need the context and the lock, too.
    pub(crate) fn matches(&self, record: &ExecutionRecord) -> bool {
        self.matches_figures(record.started_at, &record.outcome, record.duration_ms)
            && self.text.as_ref().is_none_or(|text| text.is_in(record))
            && is_allowed(&self.commands, || record.command())
            && is_allowed(&self.roots, || record.root.clone())
            && is_allowed(&self.tool_versions, || Some(record.tool_version.clone()))
            && self
                .numbers
                .as_ref()
                .is_none_or(|numbers| numbers.contains(&record.id))
    }

    /// Whether there are conditions beside those of [`matches_figures`](Self::matches_figures).
    pub(crate) fn needs_whole_records(&self) -> bool {
        self.text.is_some()
            || !self.commands.is_empty()
            || !self.roots.is_empty()
            || !self.tool_versions.is_empty()
            || self.numbers.is_some()
    }

    /// Whether a record with these values matches, as far as they tell.
    pub(crate) fn matches_figures(
        &self,
        started_at: i64,
        outcome: &str,
        duration_ms: Option<i64>,
    ) -> bool {
        self.matches_start(started_at)
            && self
                .outcomes()
                .is_none_or(|outcomes| outcomes.contains(&outcome))
            && self
                .min_duration_ms
                .is_none_or(|least| duration_ms.is_some_and(|took| took >= least))
    }

    pub(crate) fn matches_start(&self, started_at: i64) -> bool {
        self.since.is_none_or(|since| started_at >= since)
            && self.before.is_none_or(|before| started_at < before)
    }
}

/// Whether the value is allowed; every value is if the list is empty.
fn is_allowed(wanted: &[String], value: impl FnOnce() -> Option<String>) -> bool {
    wanted.is_empty() || value().is_some_and(|value| wanted.contains(&value))
}
