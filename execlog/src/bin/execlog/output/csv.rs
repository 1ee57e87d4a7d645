use super::Screen;
use super::writer::Writer;
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
        Value::List(_) => value.into_json().to_string(),
        value => value.for_programs(),
    }
}

/// A text that a spreadsheet would take for a formula gets an apostrophe, which makes it a text.
pub(crate) fn defused(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
