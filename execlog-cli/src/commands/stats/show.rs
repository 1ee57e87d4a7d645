//! Writes the figures as tables and as CSV.

use super::columns::{Column, Figure, columns, per_second, rate};
use super::figures::{Figures, Group};
use super::regression::{Slower, change};
use super::{By, What};
use crate::failure::Failure;
use crate::output::columns::{self as layout, GAP, Layout};
use crate::output::csv::{CsvRows, defused};
use crate::output::format::Printer;
use crate::output::printable::printable;
use crate::output::screen::Screen;
use crate::output::table;
use crate::output::values::size;
use crate::runs::fields::Field;
use crate::runs::listed::Listed;
use crate::runs::statuses::STATUSES;
use crate::runs::times::show as times;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, Row, Width};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes the tables.
pub(super) fn show(
    figures: &Figures,
    slowest: Vec<Listed>,
    slower: &[Slower],
    what: What,
    mut screen: Screen,
) -> Result<(), Failure> {
    summary(figures, &mut screen)?;
    if figures.all.runs == 0 {
        return screen.end();
    }
    if figures.groups.is_empty() {
        writeln!(screen, "\nNone of these runs has phases")?;
    } else {
        groups(&figures.groups, what, &mut screen)?;
        if figures.against.is_some() {
            comparison(&figures.groups, what.by, &mut screen)?;
        }
    }
    for slower in slower {
        let found = slower.for_people(what.measure);
        writeln!(screen, "\n{}", printable(&found))?;
    }
    if !slowest.is_empty() {
        writeln!(screen, "\nThe slowest")?;
        let mut layout = Layout::of(&[
            Field::short_id,
            Field::started_at,
            Field::status,
            Field::duration_ms,
            Field::args,
        ]);
        if what.has_several_logs {
            layout = layout.with_log();
        }
        let slowest = slowest.into_iter();
        screen = Printer::table(layout, screen).print_some(slowest)?;
    }
    screen.end()
}

fn summary(figures: &Figures, screen: &mut Screen) -> io::Result<()> {
    let all = &figures.all;
    let zone = screen.times.zone.clone();
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
        line("Succeeded", rate(success))?;
    }
    if let (Some(first), Some(last)) = (all.first, all.last) {
        line(
            "Between",
            format!("{} and {}", day(first, &zone), day(last, &zone)),
        )?;
    }
    if all.max().is_some() {
        let durations = columns(false).filter_map(|column| {
            let name = column.header.to_lowercase();
            let is_duration = matches!(column.figure, Figure::Duration(_));
            is_duration.then(|| format!("{name} {}", column.figure.for_people(all)))
        });
        line("Duration", durations.collect::<Vec<_>>().join(", "))?;
    }
    if let (Some(files), Some(symbols)) = (all.files_per_second(), all.symbols_per_second()) {
        let (files, symbols) = (per_second(files), per_second(symbols));
        line(
            "Speed",
            format!("{files} files a second, {symbols} symbols a second"),
        )?;
    }
    let costs = [
        ("CPU time", all.costs.cpu_time().map(times::duration)),
        ("Memory", all.costs.memory().map(size)),
    ];
    for (name, median) in costs {
        if let Some(median) = median {
            line(name, format!("p50 {median}"))?;
        }
    }
    Ok(())
}

fn groups(groups: &BTreeMap<String, Group>, what: What, screen: &mut Screen) -> io::Result<()> {
    let is_wide = layout::is_wide(screen.width);
    let columns: Vec<_> = columns(what.has_cost)
        .filter(|column| is_wide || !column.is_wide)
        .filter(|column| column.is_known(groups.values()))
        // With the cost there is no space for the trend.
        .filter(|column| is_wide || !what.has_cost || column.is_number())
        .collect();
    let headers = columns.iter().map(|column| column.header);
    let rows = ordered(groups, what.by).into_iter().map(|(name, group)| {
        let values = columns.iter().map(|column| column.figure.for_people(group));
        std::iter::once(table::shortened(printable(name)))
            .chain(values)
            .collect()
    });
    // The columns after the median, the last first.
    let left_out: Vec<_> = (4..=columns.len()).rev().collect();
    write_table(what.by, headers, rows.collect(), &left_out, screen)
}

/// Each compared figure, from the time of `--against` on and before it, and the change of the median.
fn comparison(groups: &BTreeMap<String, Group>, by: By, screen: &mut Screen) -> io::Result<()> {
    let compared = || columns(false).filter(|column| column.is_compared);
    let headers = compared().flat_map(|column| [column.header, "BEFORE"]);
    let rows = ordered(groups, by).into_iter().filter_map(|(name, group)| {
        let [now, before] = &**group.sides.as_ref()?;
        let change = match (now.median(), before.median()) {
            (Some(now), Some(before)) => change(now, before),
            _ => None,
        };
        let figures = compared()
            .flat_map(|Column { figure, .. }| [figure.for_people(now), figure.for_people(before)]);
        let name = std::iter::once(table::shortened(printable(name)));
        let change = change.map_or(String::new(), |change| format!("{change:+.0} %"));
        Some(name.chain(figures).chain([change]).collect())
    });
    let rows = rows.collect();
    // The success rates, and then the numbers of runs.
    write_table(by, headers.chain(["CHANGE"]), rows, &[4, 3, 2, 1], screen)
}

/// The groups: days in order of time, phases by their median, and others by the number of runs.
fn ordered(groups: &BTreeMap<String, Group>, by: By) -> Vec<(&String, &Group)> {
    let mut groups: Vec<_> = groups.iter().collect();
    match by {
        By::Day => {}
        By::Phase => groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.median())),
        By::Command | By::Version | By::Host | By::Log => {
            groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.runs));
        }
    }
    groups
}

fn title(by: By) -> &'static str {
    match by {
        By::Command => "COMMAND",
        By::Version => "VERSION",
        By::Day => "DAY",
        By::Host => "HOST",
        By::Phase => "PHASE",
        By::Log => "LOG",
    }
}

/// Writes a table whose first column is text and whose other columns are numbers. The columns `left_out` are
/// left out in this order until the others fit the screen.
fn write_table<'a>(
    by: By,
    headers: impl Iterator<Item = &'a str>,
    rows: Vec<Vec<String>>,
    left_out: &[usize],
    screen: &mut Screen,
) -> io::Result<()> {
    let mut written = table::empty(screen.width);
    let headers: Vec<_> = std::iter::once(title(by)).chain(headers).collect();
    written.set_header(table::header(screen, headers.iter().copied()));
    for row in rows {
        let mut row = Row::from(row.into_iter().map(Cell::new).collect::<Vec<_>>());
        row.max_height(1);
        written.add_row(row);
    }
    for (index, header) in headers.iter().enumerate() {
        let Some(column) = written.column_mut(index) else {
            continue;
        };
        column.set_padding((0, GAP));
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
    if let Some(screen) = screen.width {
        // Names are cut, figures are not.
        const LEAST: u16 = 9;
        let mut widths = written.column_max_content_widths();
        widths[0] = widths[0].min(LEAST);
        let mut widths: Vec<_> = widths.into_iter().map(|width| width + GAP).collect();
        let screen = screen.saturating_add(GAP);
        for index in left_out {
            if widths.iter().sum::<u16>() <= screen {
                break;
            }
            widths[*index] = 0;
            if let Some(column) = written.column_mut(*index) {
                column.set_constraint(ColumnConstraint::Hidden);
            }
        }
        written.set_width(widths.iter().sum::<u16>().max(screen));
    }
    writeln!(screen, "\n{}", table::rendered(&written))
}

/// Writes CSV with a row for each group.
pub(super) fn csv(figures: &Figures, what: What, screen: Screen) -> Result<(), Failure> {
    let mut rows = CsvRows::new(screen);
    let columns = || columns(what.has_cost).filter(|column| column.is_number());
    let names = columns().map(|column| column.name);
    let names = std::iter::once(title(what.by).to_lowercase()).chain(names.map(str::to_owned));
    rows.row(names)?;
    for (name, group) in ordered(&figures.groups, what.by) {
        let values = columns().map(|column| column.figure.for_programs(group));
        rows.row(std::iter::once(defused(name)).chain(values))?;
    }
    rows.end()
}

fn day(seconds: i64, zone: &TimeZone) -> String {
    match Timestamp::from_second(seconds) {
        Ok(time) => time.to_zoned(zone.clone()).date().to_string(),
        Err(_) => seconds.to_string(),
    }
}
