//! Writes JSON: runs as an array or as lines, and any other value.

use super::printable::printable_json;
use super::screen::Screen;
use super::writer::Writer;
use crate::failure::Failure;
use crate::runs::fields::Field;
use crate::runs::listed::Listed;
use serde::{Serialize, Serializer};
use std::io::{self, Write};

/// How the objects are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// An array with an object on each line.
    Array,
    /// An object on each line.
    Lines,
}

pub(super) struct Json {
    fields: Vec<Field>,
    shape: Shape,
    has_any: bool,
}

impl Json {
    pub(super) fn new(fields: Vec<Field>, shape: Shape) -> Self {
        Self {
            fields,
            shape,
            has_any: false,
        }
    }
}

impl Writer for Json {
    fn run(&mut self, run: Listed<'_>, screen: &mut Screen) -> Result<(), Failure> {
        let before = match (self.shape, self.has_any) {
            (Shape::Array, false) => "[\n",
            (Shape::Array, true) => ",\n",
            (Shape::Lines, _) => "",
        };
        self.has_any = true;
        let object = json_line(&Fields(&self.fields, &run))?;
        write!(screen, "{before}{object}")?;
        if self.shape == Shape::Lines {
            writeln!(screen)?;
        }
        Ok(())
    }

    fn end(&mut self, screen: &mut Screen) -> Result<(), Failure> {
        match (self.shape, self.has_any) {
            (Shape::Array, false) => writeln!(screen, "[]")?,
            (Shape::Array, true) => writeln!(screen, "\n]")?,
            (Shape::Lines, _) => {}
        }
        Ok(())
    }
}

/// The fields of a run in the requested order. A `serde_json::Value` would sort them.
struct Fields<'a>(&'a [Field], &'a Listed<'a>);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(fields, run) = *self;
        let fields = fields.iter();
        serializer.collect_map(fields.map(|field| (field.name(), run.value(*field).into_json())))
    }
}

/// Formats the value as JSON on one line. Escapes every character that could control a terminal.
pub(crate) fn json_line(value: &impl Serialize) -> io::Result<String> {
    Ok(printable_json(serde_json::to_string(value)?))
}

/// Formats the value as indented JSON, escaped in the same way.
pub(crate) fn json_lines(value: &impl Serialize) -> io::Result<String> {
    Ok(printable_json(serde_json::to_string_pretty(value)?))
}
