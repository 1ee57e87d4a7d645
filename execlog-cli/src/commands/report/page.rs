//! The HTML page. Stored text is escaped as on a terminal.

use super::charts::TimeAxis;
use super::{ROWS, Report, charts};
use crate::output::messages;
use crate::output::printable::printable;
use crate::runs::fields::Field;
use crate::runs::times::Times;
use crate::runs::times::show::Style;
use crate::runs::value::Value;
use execlog::RunEntry;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The columns of the table, and whether each is shown on a phone.
const COLUMNS: [(Field, bool); 9] = [
    (Field::short_id, true),
    (Field::started_at, true),
    (Field::status, true),
    (Field::duration_ms, true),
    (Field::files_indexed, false),
    (Field::symbols_indexed, false),
    (Field::tool_version, false),
    (Field::args, true),
    (Field::error_message, true),
];

/// The most commands that the page can be filtered by.
const COMMANDS: usize = 12;

/// Forbids the browser to load anything, whatever the data contain.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

pub(super) fn of(report: &Report, unreadable: usize, times: &Times) -> String {
    let mut times = times.clone();
    if times.style == Style::Relative {
        // A relative time would soon be wrong.
        times.style = Style::Exact;
    }
    let file = printable(&report.file);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { "Runs in " (file) }
                style { (PreEscaped(include_str!("page.css"))) }
            }
            body {
                header {
                    h1 { "Runs in " code { (file) } }
                    p { (messages::runs(report.points.runs.len())) ", as of " (times.show(times.now)) }
                    @if unreadable > 0 {
                        p.warning { "Left out " (messages::runs(unreadable)) " that cannot be read." }
                    }
                }
                main { (content(report, &times)) }
                script { (PreEscaped(include_str!("page.js"))) }
            }
        }
    };
    page.into_string()
}

fn content(report: &Report, times: &Times) -> Markup {
    let points = &report.points;
    let began = points.runs.iter().map(|run| run.began);
    let Some(time) = TimeAxis::of(began, &times.zone) else {
        return html! { p { "No runs found." } };
    };
    let commands = points.runs.iter().map(|run| (run.command, 1));
    let commands = points.commands.greatest(COMMANDS, commands);
    let all: Vec<_> = points.runs.iter().collect();
    let (first, last) = time.days();
    html! {
        p { "Charts from " (first) " to " (last) ", times in " (zone(times)) "." }
        @if commands.len() > 1 {
            label for="command" { "Command" }
            select #command autocomplete="off" {
                option value="" { "all commands" }
                @for command in &commands {
                    option value=(command) { (printable(points.commands.name(*command))) }
                }
            }
        }
        div.charts data-command="" { (charts::of(&all, points, &time)) }
        @if commands.len() > 1 {
            @for command in &commands {
                @let runs: Vec<_> = points.runs.iter().filter(|run| run.command == *command).collect();
                div.charts data-command=(command) hidden { (charts::of(&runs, points, &time)) }
            }
        }
        section {
            h2 { "Runs" }
            @if points.runs.len() > ROWS {
                p { "The newest " (ROWS) " runs." }
            }
            label for="search" { "Search" }
            input #search type="search" autocomplete="off" spellcheck="false";
            output #found for="search" {}
            div.scroll { (table(report, times)) }
        }
    }
}

/// The name of the time zone.
fn zone(times: &Times) -> String {
    let now = times.now.to_zoned(times.zone.clone());
    let name = times.zone.iana_name().map(str::to_owned);
    name.unwrap_or_else(|| now.strftime("%Z").to_string())
}

fn table(report: &Report, times: &Times) -> Markup {
    let command = |run: &RunEntry| {
        let command = run.record.command().unwrap_or_default();
        report.points.commands.find(&command)
    };
    html! {
        table {
            thead {
                tr {
                    @for (field, is_on_phones) in COLUMNS {
                        th.extra[!is_on_phones] scope="col" { (field.header().to_lowercase()) }
                    }
                }
            }
            tbody #runs {
                @for run in &report.newest {
                    tr title=(printable(&run.record.execution_id)) data-command=[command(run)] {
                        @for (field, is_on_phones) in COLUMNS {
                            (cell(field, &field.of(run), !is_on_phones, times))
                        }
                    }
                }
            }
        }
    }
}

fn cell(field: Field, value: &Value, is_extra: bool, times: &Times) -> Markup {
    let text = value.for_people(times);
    let is_text = matches!(field, Field::args | Field::error_message);
    html! {
        td.(field.name()).extra[is_extra].number[value.is_number()].long[is_text] {
            @if let Value::Status(status) = value {
                span.status.(status.as_str()) { (text) }
            } @else {
                (text)
            }
        }
    }
}
