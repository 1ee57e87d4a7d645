use super::Screen;
use super::writer::Writer;
use crate::failure::Failure;
use crate::fields::Field;
use execlog::RunEntry;
use serde::Serializer;
use std::io::{self, Write};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One array, an object on each line.
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
    fn run(&mut self, run: RunEntry, screen: &mut Screen) -> Result<(), Failure> {
        let before = match (self.shape, self.has_any) {
            (Shape::Array, false) => "[\n",
            (Shape::Array, true) => ",\n",
            (Shape::Lines, _) => "",
        };
        self.has_any = true;
        write!(screen, "{before}")?;
        let mut serializer = serde_json::Serializer::new(&mut *screen);
        // Not as a `Value`, which would sort the fields.
        let values = self.fields.iter();
        let values = values.map(|field| (field.name(), field.of(&run).into_json()));
        serializer.collect_map(values).map_err(io::Error::from)?;
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
