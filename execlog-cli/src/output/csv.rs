//! Writes runs and figures as CSV.

use super::printable::{printable, printable_json};
use super::screen::Screen;
use super::writer::Writer;
use crate::failure::Failure;
use crate::runs::fields::Field;
use crate::runs::listed::Listed;
use crate::runs::value::Value;
use std::io;

/// Writes runs as RFC 4180.
pub(super) struct Csv {
    fields: Vec<Field>,
}

impl Csv {
    pub(super) fn new(fields: Vec<Field>) -> Self {
        Self { fields }
    }
}

impl Writer for Csv {
    fn begin(&mut self, screen: &mut Screen) -> Result<(), Failure> {
        let names = self.fields.iter().map(|field| field.name().to_owned());
        row(screen, names)
    }

    fn run(&mut self, run: Listed<'_>, screen: &mut Screen) -> Result<(), Failure> {
        let cells = self.fields.iter().map(|field| cell(run.value(*field)));
        row(screen, cells)
    }
}

/// Writes rows that are not runs.
pub(crate) struct CsvRows(Screen);

impl CsvRows {
    pub(crate) fn new(screen: Screen) -> Self {
        Self(screen)
    }

    pub(crate) fn row(&mut self, cells: impl Iterator<Item = String>) -> Result<(), Failure> {
        row(&mut self.0, cells)
    }

    pub(crate) fn end(self) -> Result<(), Failure> {
        self.0.end()
    }
}

fn row(screen: &mut Screen, cells: impl Iterator<Item = String>) -> Result<(), Failure> {
    let is_terminal = screen.is_terminal;
    let cells = cells.map(|cell| if is_terminal { printable(&cell) } else { cell });
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(screen);
    let written = writer.write_record(cells.collect::<Vec<_>>());
    written.map_err(io::Error::from)?;
    let flushed = writer.into_inner();
    flushed.map_err(csv::IntoInnerError::into_error)?;
    Ok(())
}

fn cell(value: Value) -> String {
    match value {
        Value::Text(text) => defused(&text),
        Value::Pin(note) => defused(&note),
        Value::List(_) | Value::Labels(_) | Value::Counters(_) | Value::Phases(_) => {
            printable_json(value.into_json().to_string())
        }
        value => value.for_programs(),
    }
}

/// Puts an apostrophe before text that a spreadsheet would run as a formula.
///
/// Text that has apostrophes before the formula gets one more, so that removing one restores the text.
pub(crate) fn defused(text: &str) -> String {
    // Spreadsheets treat the full-width forms as the ASCII ones.
    const FORMULA: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];
    if text.trim_start_matches('\'').starts_with(FORMULA) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::defused;

    #[test]
    fn formulas_become_text_that_can_be_restored() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("＝1+1", "'＝1+1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠a", "'＠a"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            ("''=1", "'''=1"),
            ("'quoted'", "'quoted'"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(defused(text), cell);
        }
    }
}
