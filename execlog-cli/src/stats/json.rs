//! The figures as JSON.

use super::By;
use super::compare::Slower;
use super::figures::{Figures, Group, STATUSES};
use crate::failure::Failure;
use crate::fields::Field;
use crate::output::{self, Screen};
use serde_json::{Map, Value, json};
use std::io::Write;

/// Writes the figures as one JSON object. Times are in milliseconds, rates a second.
pub(super) fn show(
    figures: &Figures,
    slower: &[Slower],
    by: By,
    mut screen: Screen,
) -> Result<(), Failure> {
    let by = match by {
        By::Command => "command",
        By::Version => "tool_version",
        By::Day => "day",
    };
    let groups = figures.groups.iter().map(|(name, group)| {
        let mut figures = of(group);
        figures.insert(by.to_owned(), name.as_str().into());
        Value::Object(figures)
    });
    let slowest = figures.slowest.iter().map(|run| {
        let fields = [
            Field::execution_id,
            Field::started_at,
            Field::duration_ms,
            Field::args,
        ];
        let fields = fields.map(|field| (field.name().to_owned(), field.of(run).into_json()));
        Value::Object(fields.into_iter().collect())
    });
    let slower = slower.iter().map(
        |slower| json!({by: slower.name, "p50_before_ms": slower.before, "last_ms": slower.last}),
    );
    let mut whole = of(&figures.all);
    whole.insert("groups".to_owned(), groups.collect());
    whole.insert("slowest".to_owned(), slowest.collect());
    whole.insert("slower".to_owned(), slower.collect());
    writeln!(screen, "{}", output::json_lines(&whole)?)?;
    screen.end()
}

fn of(group: &Group) -> Map<String, Value> {
    let mut figures = Map::new();
    let mut set = |name: &str, value: Value| figures.insert(name.to_owned(), value);
    set("runs", group.runs.into());
    for status in STATUSES {
        set(status.as_str(), group.with_status(status).into());
    }
    set("success_rate", group.success_rate().into());
    set("p50_ms", group.percentile(50).into());
    set("p95_ms", group.percentile(95).into());
    set("p99_ms", group.percentile(99).into());
    set("max_ms", group.max().into());
    set("files_per_second", group.files_per_second().into());
    set("symbols_per_second", group.symbols_per_second().into());
    set("trend_ms", group.trend().into());
    if let Some(sides) = &group.sides {
        let [now, before] = &**sides;
        set("now", Value::Object(of(now)));
        set("before", Value::Object(of(before)));
    }
    figures
}
