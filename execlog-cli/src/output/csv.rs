//! Writes runs and figures as CSV.

use super::writer::Writer;
use super::{Screen, printable, printable_json};
use crate::failure::Failure;
use crate::fields::{Field, Value};
use execlog::RunEntry;
use std::io;

/// Comma-separated values as RFC 4180 has them.
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
        line(screen, names)
    }

    fn run(&mut self, run: RunEntry, screen: &mut Screen) -> Result<(), Failure> {
        let cells = self.fields.iter().map(|field| cell(field.of(&run)));
        line(screen, cells)
    }
}

/// Lines of other values than those of runs.
pub(crate) struct CsvRows(Screen);

impl CsvRows {
    pub(crate) fn new(screen: Screen) -> Self {
        Self(screen)
    }

    pub(crate) fn line(&mut self, cells: impl Iterator<Item = String>) -> Result<(), Failure> {
        line(&mut self.0, cells)
    }

    pub(crate) fn end(self) -> Result<(), Failure> {
        self.0.end()
    }
}

fn line(screen: &mut Screen, cells: impl Iterator<Item = String>) -> Result<(), Failure> {
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
        Value::List(_) => printable_json(value.into_json().to_string()),
        value => value.for_programs(),
    }
}

/// Puts an apostrophe before a text that a spreadsheet would run as a formula.
///
/// A text that has apostrophes there already gets one more, so that taking one away gives the text back.
pub(crate) fn defused(text: &str) -> String {
    // Spreadsheets take the full-width forms for the others.
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
    fn a_formula_becomes_a_text_and_can_be_had_back() {
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
