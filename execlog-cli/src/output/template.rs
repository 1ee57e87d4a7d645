//! Writes runs by the user's template.

use super::printable::printable;
use super::screen::Screen;
use super::writer::Writer;
use crate::failure::Failure;
use crate::runs::fields::Field;
use crate::runs::listed::Listed;
use clap::ValueEnum;
use std::io::Write;
use std::str::FromStr;

/// The text and the fields of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(Field),
}

impl FromStr for Template {
    type Err = String;

    fn from_str(template: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut characters = template.chars().peekable();
        while let Some(character) = characters.next() {
            match (character, characters.peek()) {
                ('{', Some('{')) | ('}', Some('}')) => {
                    characters.next();
                    text.push(character);
                }
                ('\\', Some('n' | 't' | '\\')) => {
                    text.push(match characters.next() {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        _ => '\\',
                    });
                }
                ('{', _) => {
                    let mut name = String::new();
                    loop {
                        match characters.next() {
                            Some('}') => break,
                            Some(character) => name.push(character),
                            None => return Err(format!("`{{{name}` has no closing `}}`")),
                        }
                    }
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    parts.push(Part::Field(field(name.trim())?));
                }
                ('}', _) => {
                    return Err(
                        "a `}` has no opening `{`: write `}}` for the character `}`".to_owned()
                    );
                }
                _ => text.push(character),
            }
        }
        parts.push(Part::Text(text));
        Ok(Self(parts))
    }
}

fn field(name: &str) -> Result<Field, String> {
    Field::from_str(name, true).map_err(|_| {
        let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
        format!(
            "there is no field `{name}`: the fields are {}",
            names.join(", ")
        )
    })
}

impl Writer for Template {
    fn run(&mut self, run: Listed<'_>, screen: &mut Screen) -> Result<(), Failure> {
        for part in &self.0 {
            match part {
                Part::Text(text) => write!(screen, "{text}")?,
                Part::Field(field) => {
                    let value = run.value(*field).for_programs();
                    write!(screen, "{}", printable(&value))?;
                }
            }
        }
        writeln!(screen)?;
        Ok(())
    }
}
