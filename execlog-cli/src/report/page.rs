//! The page, with the text of runs printable as on a terminal.

use super::{ROWS, Report, charts};
use crate::failure;
use crate::fields::{Field, Value};
use crate::moments::{Moments, Style};
use crate::output::printable;
use execlog::RunEntry;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The columns of the table. Those that are not needed to tell runs apart are left out on a phone.
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

/// Nothing is fetched, whatever the data say.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

pub(super) fn of(report: &Report, unreadable: usize, moments: &Moments) -> String {
    let mut moments = moments.clone();
    if moments.style == Style::Relative {
        // It would not be true for long.
        moments.style = Style::Exact;
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
                    p { (failure::runs(report.points.len())) ", as of " (moments.show(moments.now)) }
                    @if unreadable > 0 {
                        p.warning { (failure::runs(unreadable)) " cannot be read, and are not here." }
                    }
                }
                main { (content(report, &moments)) }
                script { (PreEscaped(include_str!("page.js"))) }
            }
        }
    };
    page.into_string()
}

fn content(report: &Report, moments: &Moments) -> Markup {
    let Some(time) = charts::time(&report.points) else {
        return html! { p { "There is nothing to show." } };
    };
    html! {
        section {
            h2 { "Outcomes" }
            (charts::timeline(&report.points, &time, &moments.zone))
            (charts::legend(&report.points))
        }
        section {
            h2 { "Durations" }
            (charts::durations(&report.points, &time, &moments.zone))
            ul.legend {
                li { span.swatch.p50 {} "half of the runs took no longer" }
                li { span.swatch.p95 {} "95 of 100 took no longer" }
            }
        }
        section {
            h2 { "Runs" }
            @if report.points.len() > ROWS {
                p { "The newest " (ROWS) "." }
            }
            label for="search" { "Search" }
            input #search type="search" autocomplete="off" spellcheck="false";
            output #found for="search" {}
            div.scroll { (table(report.newest.iter(), moments)) }
        }
    }
}

fn table<'a>(runs: impl Iterator<Item = &'a RunEntry>, moments: &Moments) -> Markup {
    html! {
        table {
            thead {
                tr {
                    @for (field, is_needed) in COLUMNS {
                        th.extra[!is_needed] scope="col" { (field.header().to_lowercase()) }
                    }
                }
            }
            tbody #runs {
                @for run in runs {
                    tr title=(printable(&run.record.execution_id)) {
                        @for (field, is_needed) in COLUMNS {
                            (cell(&field.of(run), !is_needed, moments))
                        }
                    }
                }
            }
        }
    }
}

fn cell(value: &Value, is_extra: bool, moments: &Moments) -> Markup {
    let text = value.for_people(moments);
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
