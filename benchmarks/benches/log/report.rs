//! The table of times that a benchmark prints.

use crate::contestant::Store;
use crate::measure::Row;
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};
use std::fmt;
use std::time::Duration;

/// The times of one store, and their ratios to those of the second contestant.
pub(crate) struct Report<'a> {
    store: &'a Store,
    measured: Vec<(usize, Vec<Row>)>,
}

impl<'a> Report<'a> {
    pub(crate) fn of(store: &'a Store, measured: Vec<(usize, Vec<Row>)>) -> Self {
        Self { store, measured }
    }

    fn header(&self) -> Vec<String> {
        let mut header = vec![self.store.name.to_owned(), String::new()];
        for (length, _) in &self.measured {
            header.push(format!("{length} runs"));
            header.push("ratio".to_owned());
        }
        header.push("growth".to_owned());
        header
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(ASCII_MARKDOWN).set_header(self.header());
        for column in table.column_iter_mut().skip(2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let operations = self.measured.first().map_or(0, |(_, rows)| rows.len());
        for operation in 0..operations {
            for (place, contestant) in self.store.contestants.iter().enumerate() {
                let rows = self.measured.iter().map(|(_, rows)| &rows[operation]);
                let times: Vec<_> = rows.map(|row| (row.times[place], row.times[1])).collect();
                if times.iter().all(|(time, _)| time.is_none()) {
                    continue;
                }
                let name = match place {
                    0 => self.measured[0].1[operation].operation,
                    _ => "",
                };
                let mut cells = vec![name.to_owned(), contestant.name.to_owned()];
                for (time, base) in &times {
                    cells.push(time.map_or_else(String::new, shown));
                    cells.push(ratio(*time, *base));
                }
                let ends = times.last().zip(times.first());
                cells.push(ends.map_or_else(String::new, |(last, first)| ratio(last.0, first.0)));
                table.add_row(cells);
            }
        }
        write!(formatter, "{table}")
    }
}

/// Formats a ratio with three digits, however small it is.
fn ratio(time: Option<Duration>, base: Option<Duration>) -> String {
    match (time, base) {
        (Some(time), Some(base)) if base > Duration::ZERO => {
            digits(time.as_secs_f64() / base.as_secs_f64())
        }
        _ => String::new(),
    }
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        1.0.. => format!("{} s", digits(seconds)),
        0.001.. => format!("{} ms", digits(seconds * 1e3)),
        _ => format!("{} µs", digits(seconds * 1e6)),
    }
}

fn digits(number: f64) -> String {
    match number {
        100.0.. => format!("{number:.0}"),
        10.0.. => format!("{number:.1}"),
        0.1.. => format!("{number:.2}"),
        0.001.. => format!("{number:.4}"),
        _ => format!("{number:.6}"),
    }
}
