//! Lays out tables.

use super::screen::{Screen, style_of};
use super::writer::Writer;
use crate::failure::Failure;
use crate::runs::fields::Field;
use crate::runs::value::Value;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Width, presets};
use execlog::RunEntry;
use std::io::Write;

/// How many rows are laid out at a time. Later rows keep the column widths of the first.
const ROWS: usize = 1000;

/// The number of spaces between columns.
pub(crate) const GAP: u16 = 2;

/// The columns of a table.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    fields: Vec<Field>,
    /// Columns that are added if the screen is wide.
    wide: Vec<Field>,
}

impl Layout {
    pub(crate) fn of(fields: &[Field]) -> Self {
        Self {
            fields: fields.to_vec(),
            wide: Vec::new(),
        }
    }

    /// Adds these columns before the last, if the screen is wide.
    pub(crate) fn with_wide(mut self, fields: &[Field]) -> Self {
        self.wide = fields.to_vec();
        self
    }

    fn fields_for(&self, width: Option<u16>) -> Vec<Field> {
        let mut fields = self.fields.clone();
        if is_wide(width) {
            let last = fields.len().saturating_sub(1);
            fields.splice(last..last, self.wide.iter().copied());
        }
        fields
    }
}

/// Whether a line has at least 120 characters, or no limit.
pub(crate) fn is_wide(width: Option<u16>) -> bool {
    width.is_none_or(|width| width >= 120)
}

pub(super) struct Table {
    layout: Layout,
    rows: Vec<Vec<Value>>,
    /// The widths of the columns, once the first rows are written.
    widths: Option<Vec<u16>>,
}

impl Table {
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            layout,
            rows: Vec::new(),
            widths: None,
        }
    }

    fn write(&mut self, screen: &mut Screen) -> Result<(), Failure> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let fields = self.layout.fields_for(screen.width);
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
        let contents = table.column_max_content_widths();
        for (index, field) in fields.iter().enumerate() {
            let is_number = rows.iter().any(|row| row[index].is_number());
            let column = table.column_mut(index).expect("a column for each field");
            if is_number {
                column.set_cell_alignment(CellAlignment::Right);
            }
            column.set_padding((0, GAP));
            let before = self.widths.as_ref().map_or(0, |widths| widths[index]);
            if !may_be_cut(*field) {
                let width = Width::Fixed(contents[index].max(before) + GAP);
                column.set_constraint(ColumnConstraint::Absolute(width));
            } else if screen.width.is_none() {
                let width = Width::Fixed(before + GAP);
                column.set_constraint(ColumnConstraint::LowerBoundary(width));
            }
        }
        if let Some(width) = screen.width {
            // If these do not fit, lines are longer than the screen, but not longer than necessary.
            const LEAST: u16 = 9;
            let least = fields.iter().zip(&contents).map(|(field, width)| {
                GAP + if may_be_cut(*field) {
                    LEAST.min(*width)
                } else {
                    *width
                }
            });
            let least = least.fold(0, u16::saturating_add);
            table.set_width(least.max(width.saturating_add(GAP)));
        }
        let text = rendered(&table);
        // The header is written only once.
        let widths = match &self.widths {
            None => contents,
            Some(before) => contents
                .iter()
                .zip(before)
                .map(|(a, b)| *a.max(b))
                .collect(),
        };
        let rows = match self.widths.replace(widths) {
            None => text.as_str(),
            Some(_) => text.split_once('\n').map_or("", |(_, rows)| rows),
        };
        writeln!(screen, "{rows}")?;
        Ok(())
    }
}

impl Writer for Table {
    fn run(&mut self, run: RunEntry, screen: &mut Screen) -> Result<(), Failure> {
        let fields = self.layout.fields_for(screen.width);
        let row = fields.iter().map(|field| field.of(&run));
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

/// Whether the end of this field may be cut off to fit the screen.
fn may_be_cut(field: Field) -> bool {
    matches!(
        field,
        Field::args
            | Field::root
            | Field::db_path
            | Field::error_message
            | Field::note
            | Field::command
            | Field::working_directory
    )
}
