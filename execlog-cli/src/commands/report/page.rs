//! The HTML page. Stored text is escaped as on a terminal.

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
const COLUMNS: [(Field, bool); 8] = [
    (Field::started_at, true),
    (Field::status, true),
    (Field::duration_ms, true),
    (Field::files_indexed, false),
    (Field::symbols_indexed, false),
    (Field::tool_version, false),
    (Field::args, true),
    (Field::error_message, false),
];

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
                    p { (messages::runs(report.points.len())) ", as of " (times.show(times.now)) }
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
    let Some(time) = charts::time(&report.points) else {
        return html! { p { "No runs found." } };
    };
    html! {
        section {
            h2 { "Outcomes" }
            (charts::timeline(&report.points, &time, &times.zone))
            (charts::legend(&report.points))
        }
        section {
            h2 { "Durations" }
            (charts::durations(&report.points, &time, &times.zone))
            ul.legend {
                li { span.swatch.p50 {} "median (p50)" }
                li { span.swatch.p95 {} "95th percentile (p95)" }
            }
        }
        section {
            h2 { "Runs" }
            @if report.points.len() > ROWS {
                p { "The newest " (ROWS) " runs." }
            }
            label for="search" { "Search" }
            input #search type="search" autocomplete="off" spellcheck="false";
            output #found for="search" {}
            div.scroll { (table(report.newest.iter(), times)) }
        }
    }
}

fn table<'a>(runs: impl Iterator<Item = &'a RunEntry>, times: &Times) -> Markup {
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
                @for run in runs {
                    tr title=(printable(&run.record.execution_id)) {
                        @for (field, is_on_phones) in COLUMNS {
                            (cell(&field.of(run), !is_on_phones, times))
                        }
                    }
                }
            }
        }
    }
}

fn cell(value: &Value, is_extra: bool, times: &Times) -> Markup {
    let text = value.for_people(times);
    html! {
        td.extra[is_extra].number[value.is_number()] {
            @if let Value::Status(status) = value {
                span.status.(status.as_str()) { (text) }
            } @else {
                (text)
            }
        }
    }
}
