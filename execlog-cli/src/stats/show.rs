//! The figures for people, and as CSV.

use super::By;
use super::columns::{COLUMNS, number, rate, time};
use super::compare::{Slower, change};
use super::figures::{Figures, Group, STATUSES};
use crate::failure::Failure;
use crate::fields::Field;
use crate::moments;
use crate::output::{self, Layout, Printer, Screen, printable};
use comfy_table::{Cell, CellAlignment, ColumnConstraint, Row, Width};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::io::{self, Write};

pub(super) fn show(
    figures: &Figures,
    slower: &[Slower],
    by: By,
    mut screen: Screen,
) -> Result<(), Failure> {
    summary(figures, &mut screen)?;
    if figures.all.runs == 0 {
        return screen.end();
    }
    groups(&figures.groups, by, &mut screen)?;
    if figures.against.is_some() {
        comparison(&figures.groups, by, &mut screen)?;
    }
    for Slower { name, before, last } in slower {
        let last: Vec<_> = last.iter().map(|took| moments::millis(*took)).collect();
        writeln!(
            screen,
            "\n{}: the last runs took {}, and half of those before no more than {}",
            printable(name),
            last.join(", "),
            moments::millis(*before)
        )?;
    }
    if !figures.slowest.is_empty() {
        writeln!(screen, "\nThe slowest")?;
        let layout = Layout::of(&[
            Field::short_id,
            Field::started_at,
            Field::status,
            Field::duration_ms,
            Field::args,
        ]);
        let slowest = figures.slowest.iter().cloned();
        screen = Printer::table(layout, screen).print_some(slowest)?;
    }
    screen.end()
}

fn summary(figures: &Figures, screen: &mut Screen) -> io::Result<()> {
    let all = &figures.all;
    let zone = screen.moments.zone.clone();
    let dimmed = anstyle::Style::new().dimmed();
    let mut line = |name: &str, text: String| {
        let name = screen.styled(dimmed, &format!("{name:<10}"));
        writeln!(screen, "{name}  {text}")
    };
    let statuses = STATUSES.iter().filter_map(|status| {
        let runs = all.with_status(*status);
        (runs > 0).then(|| format!("{runs} {status}"))
    });
    let statuses: Vec<_> = statuses.collect();
    let runs = match statuses.as_slice() {
        [] => "0".to_owned(),
        statuses => format!("{}: {}", all.runs, statuses.join(", ")),
    };
    line("Runs", runs)?;
    if let Some(success) = all.success_rate() {
        line("Succeeded", rate(Some(success)))?;
    }
    if let (Some(first), Some(last)) = (all.first, all.last) {
        line(
            "Between",
            format!("{} and {}", day(first, &zone), day(last, &zone)),
        )?;
    }
    if all.max().is_some() {
        let times = [
            ("p50", all.percentile(50)),
            ("p95", all.percentile(95)),
            ("p99", all.percentile(99)),
            ("max", all.max()),
        ];
        let times = times.map(|(name, took)| format!("{name} {}", time(took)));
        line("Duration", times.join(", "))?;
    }
    if let (Some(files), Some(symbols)) = (all.files_per_second(), all.symbols_per_second()) {
        let (files, symbols) = (number(Some(files)), number(Some(symbols)));
        line(
            "Speed",
            format!("{files} files a second, {symbols} symbols a second"),
        )?;
    }
    Ok(())
}

fn groups(groups: &BTreeMap<String, Group>, by: By, screen: &mut Screen) -> io::Result<()> {
    let is_wide = screen.width.is_none_or(|width| width >= 120);
    let columns: Vec<_> = COLUMNS
        .iter()
        .filter(|column| is_wide || !column.is_wide)
        .collect();
    let headers = columns.iter().map(|column| column.header);
    let rows = ordered(groups, by).into_iter().map(|(name, group)| {
        let values = columns
            .iter()
            .map(|column| (column.figure)(group).for_people());
        std::iter::once(output::shortened(printable(name)))
            .chain(values)
            .collect()
    });
    table(by, headers, rows.collect(), screen)
}

fn comparison(groups: &BTreeMap<String, Group>, by: By, screen: &mut Screen) -> io::Result<()> {
    const HEADERS: [&str; 6] = ["RUNS", "BEFORE", "SUCCESS", "BEFORE", "P50", "BEFORE"];
    let rows = ordered(groups, by).into_iter().filter_map(|(name, group)| {
        let [now, before] = &**group.sides.as_ref()?;
        let (took, took_before) = (now.percentile(50), before.percentile(50));
        let change = took
            .zip(took_before)
            .and_then(|(now, before)| change(now, before));
        Some(vec![
            output::shortened(printable(name)),
            now.runs.to_string(),
            before.runs.to_string(),
            rate(now.success_rate()),
            rate(before.success_rate()),
            time(took),
            time(took_before),
            change.map_or(String::new(), |change| format!("{change:+.0} %")),
        ])
    });
    let rows = rows.collect();
    table(by, HEADERS.into_iter().chain(["CHANGE"]), rows, screen)
}

/// Days come in their order, and others by how many runs there are.
fn ordered(groups: &BTreeMap<String, Group>, by: By) -> Vec<(&String, &Group)> {
    let mut groups: Vec<_> = groups.iter().collect();
    if by != By::Day {
        groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.runs));
    }
    groups
}

fn title(by: By) -> &'static str {
    match by {
        By::Command => "COMMAND",
        By::Version => "VERSION",
        By::Day => "DAY",
    }
}

/// The first column is text, and the others are numbers.
fn table<'a>(
    by: By,
    headers: impl Iterator<Item = &'a str>,
    rows: Vec<Vec<String>>,
    screen: &mut Screen,
) -> io::Result<()> {
    let mut table = output::empty(screen.width);
    let headers: Vec<_> = std::iter::once(title(by)).chain(headers).collect();
    table.set_header(output::header(screen, headers.iter().copied()));
    for row in rows {
        let mut row = Row::from(row.into_iter().map(Cell::new).collect::<Vec<_>>());
        row.max_height(1);
        table.add_row(row);
    }
    for (index, header) in headers.iter().enumerate() {
        let Some(column) = table.column_mut(index) else {
            continue;
        };
        column.set_padding((0, output::GAP));
        if index == 0 {
            const LONGEST: u16 = 30;
            column.set_constraint(ColumnConstraint::UpperBoundary(Width::Fixed(LONGEST)));
        } else {
            column.set_constraint(ColumnConstraint::ContentWidth);
            if *header != "TREND" {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    if let Some(width) = screen.width {
        // The names are cut where not all fits, and not the figures.
        const LEAST: u16 = 9;
        let widths = table.column_max_content_widths();
        let (name, figures) = widths.split_first().unwrap_or((&0, &[]));
        let figures = figures.iter().map(|width| width + output::GAP).sum::<u16>();
        let least = LEAST.min(*name) + output::GAP + figures;
        table.set_width(least.max(width.saturating_add(output::GAP)));
    }
    writeln!(screen, "\n{}", output::rendered(&table))
}

pub(super) fn csv(figures: &Figures, by: By, screen: Screen) -> Result<(), Failure> {
    let mut rows = output::CsvRows::new(screen);
    let names = COLUMNS.iter().filter_map(|column| column.name);
    let names = std::iter::once(title(by).to_lowercase()).chain(names.map(str::to_owned));
    rows.line(names)?;
    for (name, group) in ordered(&figures.groups, by) {
        let columns = COLUMNS.iter().filter(|column| column.name.is_some());
        let values = columns.map(|column| (column.figure)(group).for_programs());
        rows.line(std::iter::once(output::defused(name)).chain(values))?;
    }
    rows.end()
}

fn day(seconds: i64, zone: &TimeZone) -> String {
    match Timestamp::from_second(seconds) {
        Ok(time) => time.to_zoned(zone.clone()).date().to_string(),
        Err(_) => seconds.to_string(),
    }
}
