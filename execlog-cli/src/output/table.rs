//! Lays out tables.

use super::columns::{Columns, GAP, Layout, least as least_width, may_be_cut};
use super::screen::{Screen, style_of};
use super::writer::Writer;
use crate::failure::Failure;
use crate::runs::listed::Listed;
use crate::runs::value::Value;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Width, presets};
use std::io::Write;

/// How many rows are laid out at a time. Later rows keep the column widths of the first.
const ROWS: usize = 1000;

pub(super) struct Table {
    layout: Layout,
    rows: Vec<Vec<Value>>,
    /// Which columns the rows before have. Empty at first.
    shown: Vec<bool>,
    /// The widths of their longest texts.
    widths: Vec<u16>,
}

impl Table {
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            layout,
            rows: Vec::new(),
            shown: Vec::new(),
            widths: Vec::new(),
        }
    }

    fn write(&mut self, screen: &mut Screen) -> Result<(), Failure> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let fields = self.layout.fields(screen.width);
        let rows = std::mem::take(&mut self.rows);
        let mut table = empty(screen.width);
        let headers = fields.iter().map(|field| field.header());
        table.set_header(header(screen, headers));
        for row in &rows {
            let cells = row.iter().map(|value| cell(value, screen));
            let mut row = Row::from(cells.collect::<Vec<_>>());
            row.max_height(1);
            table.add_row(row);
        }
        let before = |index: usize| self.widths.get(index).copied().unwrap_or(0);
        let contents = table.column_max_content_widths();
        let contents = contents.iter().enumerate();
        let widths: Vec<_> = contents
            .map(|(index, width)| before(index).max(*width))
            .collect();
        let columns = Columns {
            fields: &fields,
            shown: &self.shown,
            widths: &widths,
        };
        let shown = self.layout.choose(&columns, &rows, screen.width);
        for (index, field) in fields.iter().enumerate() {
            let column = table.column_mut(index).expect("a column for each field");
            if !shown[index] {
                column.set_constraint(ColumnConstraint::Hidden);
                continue;
            }
            if rows.iter().any(|row| row[index].is_number()) {
                column.set_cell_alignment(CellAlignment::Right);
            }
            column.set_padding((0, GAP));
            if !may_be_cut(*field) {
                let width = Width::Fixed(widths[index] + GAP);
                column.set_constraint(ColumnConstraint::Absolute(width));
            } else if screen.width.is_none() {
                let width = Width::Fixed(before(index) + GAP);
                column.set_constraint(ColumnConstraint::LowerBoundary(width));
            }
        }
        if let Some(width) = screen.width {
            // If these do not fit, lines are longer than the screen, but not longer than necessary.
            let least = fields.iter().zip(&widths).zip(&shown);
            let least = least.filter(|(_, is_shown)| **is_shown);
            let least = least.map(|((field, width), _)| least_width(*field, *width));
            let least = least.fold(0, u16::saturating_add);
            table.set_width(least.max(width.saturating_add(GAP)));
        }
        let text = rendered(&table);
        // The header is written only once, and again when there are other columns.
        let text = if self.shown == shown {
            text.split_once('\n').map_or("", |(_, rows)| rows)
        } else {
            text.as_str()
        };
        writeln!(screen, "{text}")?;
        (self.shown, self.widths) = (shown, widths);
        Ok(())
    }
}

impl Writer for Table {
    fn run(&mut self, run: Listed<'_>, screen: &mut Screen) -> Result<(), Failure> {
        let fields = self.layout.fields(screen.width);
        let row = fields.iter().map(|field| run.value(*field));
        self.rows.push(row.collect());
        if self.rows.len() == ROWS {
            self.write(screen)?;
        }
        Ok(())
    }

    fn flush(&mut self, screen: &mut Screen) -> Result<(), Failure> {
        self.write(screen)
    }

    fn end(&mut self, screen: &mut Screen) -> Result<(), Failure> {
        self.write(screen)
    }
}

/// An empty table without borders.
pub(crate) fn empty(width: Option<u16>) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table.load_style(presets::NOTHING);
    table.set_truncation_indicator("…");
    // This character occurs in no cell, so long text is cut at the exact width, not between words.
    table.set_delimiter('\u{1f}');
    match width {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            // The gap after the last column is removed later.
            table.set_width(width.saturating_add(GAP));
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    table
}

pub(crate) fn header<'a>(screen: &Screen, headers: impl Iterator<Item = &'a str>) -> Vec<Cell> {
    let dimmed = anstyle::Style::new().dimmed();
    headers
        .map(|header| Cell::new(screen.styled(dimmed, header)))
        .collect()
}

/// Formats the table without spaces at the ends of lines.
pub(crate) fn rendered(table: &comfy_table::Table) -> String {
    let lines = table.lines().map(|line| line.trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

fn cell(value: &Value, screen: &Screen) -> Cell {
    let text = shortened(value.for_people(&screen.times));
    let text = match value {
        Value::Status(status) => screen.styled(style_of(*status), &text),
        _ => text,
    };
    Cell::new(text)
}

/// Shortens very long text for a table. The other formats have all of it.
pub(crate) fn shortened(text: String) -> String {
    const LONGEST: usize = 1000;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
