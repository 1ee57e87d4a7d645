//! The conditions of a query in SQL.

use super::value::Value;
use crate::query::{ContextFilter, Filter};

/// Conditions, and the values that they name by place.
#[derive(Default)]
pub(super) struct Conditions {
    sql: Vec<String>,
    pub(super) values: Vec<Value>,
}

impl Conditions {
    /// Adds a value, and returns its place.
    pub(super) fn place(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    pub(super) fn add(&mut self, condition: impl Into<String>) {
        self.sql.push(condition.into());
    }

    /// The conditions together.
    pub(super) fn joined(&self) -> String {
        if self.sql.is_empty() {
            return "TRUE".to_owned();
        }
        self.sql.join(" AND ")
    }

    /// Adds a comparison with a value.
    fn compare(&mut self, comparison: &str, value: Value) {
        let place = self.place(value);
        self.add(format!("{comparison} {place}"));
    }

    /// Adds the condition that `column`, whose beginning is in an index, is one of these.
    fn any_indexed(&mut self, column: &str, wanted: &[String]) {
        if !wanted.is_empty() {
            let place = self.place(Value::texts(wanted.iter().map(String::as_str)));
            self.add(format!(
                "left({column}, 256) = ANY(SELECT left(wanted, 256) FROM unnest({place}::TEXT[]) AS wanted) \
                 AND {column} = ANY({place})"
            ));
        }
    }

    /// Adds the condition that `column` is one of these. Adds nothing if the list is empty.
    fn any(&mut self, column: &str, wanted: &[String]) {
        if !wanted.is_empty() {
            let place = self.place(Value::texts(wanted.iter().map(String::as_str)));
            self.add(format!("{column} = ANY({place})"));
        }
    }

    /// Adds the conditions that need only the record.
    pub(super) fn add_filter(&mut self, filter: &Filter) {
        if let Some(since) = filter.since {
            self.compare("run.started_at >=", Value::integer(since));
        }
        if let Some(before) = filter.before {
            self.compare("run.started_at <", Value::integer(before));
        }
        if let Some(outcomes) = filter.outcomes() {
            let place = self.place(Value::texts(outcomes));
            self.add(format!("run.outcome = ANY({place})"));
        }
        self.any_indexed("run.command", &filter.commands);
        self.any_indexed("run.root", &filter.roots);
        self.any("run.tool_version", &filter.tool_versions);
        if let Some(numbers) = &filter.numbers {
            let place = self.place(Value::integers(numbers.iter().copied()));
            self.add(format!("run.id = ANY({place})"));
        }
        if let Some(least) = filter.min_duration_ms {
            self.compare("run.duration_ms >=", Value::integer(least));
        }
        if let Some(text) = &filter.text {
            let place = self.place(Value::text(text.needle()));
            let columns = Filter::TEXT_COLUMNS.map(|column| {
                format!("strpos(lower(coalesce(run.{column}, '') COLLATE \"C\"), {place}) > 0")
            });
            // Text with JSON escapes is checked after reading.
            let columns = columns.join(" OR ");
            self.add(format!("({columns} OR strpos(run.args, '\\') > 0)"));
        }
    }

    /// Adds the conditions on the context that the server can check. The rest are checked after reading.
    pub(super) fn add_context_filter(&mut self, filter: &ContextFilter) {
        self.any("context.host", &filter.hosts);
        self.any("context.\"user\"", &filter.users);
        self.any("context.program", &filter.programs);
        self.any("context.branch", &filter.branches);
        self.any_indexed("context.parent_execution_id", &filter.parents);
        self.any("context.working_directory", &filter.folders);
        if !filter.exit_codes.is_empty() {
            let place = self.place(Value::integers(filter.exit_codes.iter().copied()));
            self.add(format!("context.exit_code = ANY({place})"));
        }
        if filter.is_pinned {
            self.add("context.pin IS NOT NULL");
        }
        // JSON writes other names with escapes. They are checked after reading.
        let is_plain = |name: &str| !name.contains(['"', '\\']) && !name.contains(char::is_control);
        for (name, _) in filter.labels.iter().filter(|(name, _)| is_plain(name)) {
            let place = self.place(Value::text(name));
            self.add(format!("strpos(context.labels, {place}) > 0"));
        }
    }
}
