//! The conditions of a query in SQL.

use super::row::{Columns, Position};
use crate::query::{ContextFilter, Filter};
use rusqlite::types::Value;

#[derive(Default)]
pub(super) struct Conditions {
    pub(super) sql: Vec<String>,
    pub(super) values: Vec<Value>,
}

impl Conditions {
    pub(super) fn add(&mut self, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.sql.push(sql.into());
        self.values.extend(values);
    }

    /// Adds a comparison of the run's start with that of `position`.
    pub(super) fn add_start(&mut self, comparison: &str, position: &Position) {
        let place = if position.is_text {
            "CAST(? AS TEXT)"
        } else {
            "?"
        };
        let start = position.started_at.clone();
        self.add(format!("run.started_at {comparison} {place}"), [start]);
    }

    /// Adds the condition that `value` is one of these. Adds nothing if the list is empty.
    fn add_any(&mut self, value: &str, wanted: &[String]) {
        if !wanted.is_empty() {
            let places = vec!["?"; wanted.len()].join(", ");
            let wanted = wanted.iter().cloned().map(Value::Text);
            self.add(format!("{value} IN ({places})"), wanted);
        }
    }

    /// Adds the conditions that SQLite can check. The rest are checked after reading.
    pub(super) fn add_context_filter(&mut self, filter: &ContextFilter, columns: Columns) {
        if filter.is_empty() {
            return;
        }
        if matches!(columns, Columns::Record) {
            // No run has a context.
            self.add("FALSE", []);
            return;
        }
        self.add_any("context.host", &filter.hosts);
        self.add_any("context.user", &filter.users);
        self.add_any("context.program", &filter.programs);
        self.add_any("context.branch", &filter.branches);
        if !filter.parents.is_empty() {
            // As a condition on `context`, SQLite would read every run by its start.
            let places = vec!["?"; filter.parents.len()].join(", ");
            let parents = filter.parents.iter().cloned().map(Value::Text);
            self.add(
                format!(
                    "run.execution_id IN (SELECT execution_id FROM main.execlog_context \
                     WHERE parent_execution_id IN ({places}))"
                ),
                parents,
            );
        }
        self.add_any("context.working_directory", &filter.folders);
        if filter.is_pinned && columns.are_whole() {
            self.add("context.pin IS NOT NULL", []);
        }
        // JSON writes other names with escapes. They are checked after reading.
        let is_plain = |name: &str| !name.contains(['"', '\\']);
        let labels = filter.labels.iter().filter(|(name, _)| is_plain(name));
        for (name, _) in labels.filter(|_| columns.are_whole()) {
            self.add("instr(context.labels, ?) > 0", [Value::Text(name.clone())]);
        }
    }

    pub(super) fn add_filter(&mut self, filter: &Filter) {
        if let Some(since) = filter.since {
            self.add("run.started_at >= ?", [Value::Integer(since)]);
        }
        if let Some(before) = filter.before {
            self.add("run.started_at < ?", [Value::Integer(before)]);
        }
        if let Some(words) = filter.outcomes() {
            // Running runs are always few, and the index on the outcome finds them at once. Other
            // outcomes may match any number of runs, which would have to be sorted after the index; `+`
            // keeps SQLite from using it.
            let column = if filter.is_only_running() {
                "run.outcome"
            } else {
                "+run.outcome"
            };
            let places = vec!["?"; words.len()].join(", ");
            let words = words.into_iter().map(|word| Value::Text(word.to_owned()));
            self.add(format!("{column} IN ({places})"), words);
        }
        // `json_extract` fails on invalid JSON.
        self.add_any(
            "CASE WHEN json_valid(run.args) THEN json_extract(run.args, '$[0]') END",
            &filter.commands,
        );
        self.add_any("run.root", &filter.roots);
        self.add_any("run.tool_version", &filter.tool_versions);
        if let Some(numbers) = &filter.numbers {
            let numbers = serde_json::Value::from(numbers.as_slice()).to_string();
            self.add(
                "run.id IN (SELECT value FROM json_each(?))",
                [Value::Text(numbers)],
            );
        }
        if let Some(least) = filter.min_duration_ms {
            self.add("run.duration_ms >= ?", [Value::Integer(least)]);
        }
        if let Some(text) = &filter.text {
            let columns = Filter::TEXT_COLUMNS
                .map(|column| format!("instr(lower(coalesce(run.{column}, '')), ?) > 0"));
            let values = Filter::TEXT_COLUMNS.map(|_| Value::Text(text.needle().to_owned()));
            // Text with JSON escapes is checked after reading.
            let columns = columns.join(" OR ");
            self.add(format!("({columns} OR instr(run.args, '\\') > 0)"), values);
        }
    }
}
