//! Writes the figures as JSON.

use super::columns::columns;
use super::figures::{Figures, Group};
use super::regression::Slower;
use super::{By, What};
use crate::failure::Failure;
use crate::output::json::json_lines;
use crate::output::screen::Screen;
use crate::runs::fields::Field;
use crate::runs::listed::Listed;
use crate::runs::statuses::STATUSES;
use serde_json::{Map, Value, json};
use std::io::Write;

/// Writes the figures as one JSON object. Durations are in milliseconds.
pub(super) fn show(
    figures: &Figures,
    slowest: &[Listed],
    slower: &[Slower],
    what: What,
    mut screen: Screen,
) -> Result<(), Failure> {
    let by = match what.by {
        By::Command => "command",
        By::Version => "tool_version",
        By::Day => "day",
        By::Host => "host",
        By::Phase => "phase",
        By::Log => "log",
    };
    let groups = figures.groups.iter().map(|(name, group)| {
        let mut figures = of(group, what);
        figures.insert(by.to_owned(), name.as_str().into());
        Value::Object(figures)
    });
    let slowest = slowest.iter().map(|run| {
        let fields = [
            Field::execution_id,
            Field::started_at,
            Field::duration_ms,
            Field::args,
        ];
        let log = what.has_several_logs.then_some(Field::log);
        let fields = fields.into_iter().chain(log);
        let fields = fields.map(|field| (field.name().to_owned(), run.value(field).into_json()));
        Value::Object(fields.collect())
    });
    let slower = slower.iter().map(|slower| {
        let unit = what.measure.unit();
        json!({
            by: slower.name,
            "of": what.measure.name(),
            format!("p50_before_{unit}"): slower.before,
            format!("last_{unit}"): slower.last,
        })
    });
    let mut whole = of(&figures.all, what);
    whole.insert("groups".to_owned(), groups.collect());
    whole.insert("slowest".to_owned(), slowest.collect());
    whole.insert("slower".to_owned(), slower.collect());
    writeln!(screen, "{}", json_lines(&whole)?)?;
    screen.end()
}

fn of(group: &Group, what: What) -> Map<String, Value> {
    let mut figures = Map::new();
    let mut set = |name: &str, value: Value| figures.insert(name.to_owned(), value);
    for status in STATUSES {
        set(status.as_str(), group.with_status(status).into());
    }
    for column in columns(what.has_cost) {
        set(column.name, column.figure.to_json(group));
    }
    set("approximate_durations", group.approximate().into());
    if let Some(sides) = &group.sides {
        let [now, before] = &**sides;
        set("now", Value::Object(of(now, what)));
        set("before", Value::Object(of(before, what)));
    }
    figures
}
