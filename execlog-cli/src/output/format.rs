//! The options that choose the format, and the printer that writes runs in it.

use super::columns::Layout;
use super::csv::Csv;
use super::json::{Json, Shape};
use super::messages;
use super::readable::Readable;
use super::screen::Screen;
use super::table::Table;
use super::template::Template;
use super::writer::Writer;
use crate::failure::Failure;
use crate::runs::fields::Field;
use crate::runs::listed::Listed;
use clap::Args;
use std::io::Write;
use std::str::FromStr;

/// The options that choose the format.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output format")]
pub(crate) struct FormatArguments {
    /// `table`, `json`, `jsonl`, `csv`, or a template such as `{execution_id} {status}`
    ///
    /// In a template, `{FIELD}` is the value of a field, and `{{` and `}}` are braces. `\n`, `\t` and `\\` are
    /// a line feed, a tab and a backslash.
    ///
    /// Characters that could control a terminal are escaped. JSON has `\u001b`, which a JSON parser undoes.
    /// Tables, templates, and CSV on a terminal have `\u{1b}`.
    ///
    /// CSV puts an apostrophe before text that a spreadsheet could run as a formula. This is text that
    /// begins with `=`, `+`, `-`, `@`, their full-width forms, a tab, a carriage return or a line feed, even
    /// after apostrophes.
    #[arg(long, value_name = "FORMAT", default_value = "table", global = false)]
    format: Format,

    /// Show only these fields, in this order, separated by commas
    ///
    /// The names of the fields are the headings of the table, in upper or lower case, and the names in the
    /// output of `--format json`, which has all fields.
    #[arg(
        long,
        value_name = "FIELD",
        value_delimiter = ',',
        ignore_case = true,
        hide_possible_values = true
    )]
    fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Format {
    Table,
    Json,
    JsonLines,
    Csv,
    Template(Template),
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "table" => Ok(Self::Table),
            "json" => Ok(Self::Json),
            "jsonl" => Ok(Self::JsonLines),
            "csv" => Ok(Self::Csv),
            template if template.contains('{') => template.parse().map(Self::Template),
            _ => Err(
                "write `table`, `json`, `jsonl`, `csv`, or a template with fields in braces, \
                 as '{execution_id} {status}'"
                    .to_owned(),
            ),
        }
    }
}

impl FormatArguments {
    /// Fails if options contradict each other.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        match self.format {
            Format::Template(_) if self.has_fields() => Err(Failure::Usage(
                "a template names its own fields: leave out `--fields`".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// The same format for single runs: JSON without an array.
    pub(crate) fn of_one(&self) -> Self {
        let mut format = self.clone();
        if format.format == Format::Json {
            format.format = Format::JsonLines;
        }
        format
    }

    /// Whether the format is a table.
    pub(crate) fn is_for_people(&self) -> bool {
        self.format == Format::Table
    }

    /// Whether `--fields` is given.
    pub(crate) fn has_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    pub(crate) fn printer(&self, screen: Screen, table: Layout) -> Printer {
        let fields = || {
            if self.has_fields() {
                self.fields.clone()
            } else {
                let fields = Field::ALL.iter().copied();
                let fields = fields.filter(|field| *field != Field::short_id);
                fields
                    .filter(|field| *field != Field::log || table.has(Field::log))
                    .collect()
            }
        };
        let writer: Box<dyn Writer> = match &self.format {
            Format::Table if self.has_fields() => {
                Box::new(Table::new(Layout::chosen(&self.fields)))
            }
            Format::Table => Box::new(Table::new(table)),
            Format::Json => Box::new(Json::new(fields(), Shape::Array)),
            Format::JsonLines => Box::new(Json::new(fields(), Shape::Lines)),
            Format::Csv => Box::new(Csv::new(fields())),
            Format::Template(template) => Box::new(template.clone()),
        };
        Printer {
            writer,
            screen,
            has_begun: false,
            notes_if_empty: self.is_for_people(),
        }
    }
}

/// Writes runs in a format to a screen.
pub(crate) struct Printer {
    writer: Box<dyn Writer>,
    screen: Screen,
    has_begun: bool,
    /// Whether to say so if there are no runs. An empty table would be no output at all.
    notes_if_empty: bool,
}

impl Printer {
    /// A printer of a table with these columns.
    pub(crate) fn table(layout: Layout, screen: Screen) -> Self {
        let writer = Box::new(Table::new(layout));
        Self {
            writer,
            screen,
            has_begun: false,
            notes_if_empty: false,
        }
    }

    /// Writes these runs and flushes them. More may follow.
    pub(crate) fn print_now<'log>(
        &mut self,
        runs: impl Iterator<Item = Listed<'log>>,
    ) -> Result<(), Failure> {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.writer.begin(&mut self.screen)?;
        }
        for run in runs {
            self.writer.run(run, &mut self.screen)?;
        }
        self.writer.flush(&mut self.screen)?;
        Ok(self.screen.flush()?)
    }

    /// Writes these runs, and returns the screen for further output.
    pub(crate) fn print_some<'log>(
        self,
        runs: impl Iterator<Item = Listed<'log>>,
    ) -> Result<Screen, Failure> {
        let Self {
            mut writer,
            mut screen,
            ..
        } = self;
        writer.begin(&mut screen)?;
        for run in runs {
            writer.run(run, &mut screen)?;
        }
        writer.end(&mut screen)?;
        Ok(screen)
    }

    /// Writes all runs. Reports runs that cannot be read, and fails at the end if there are any.
    pub(crate) fn print<'log>(
        self,
        runs: impl Iterator<Item = execlog::Result<Listed<'log>>>,
    ) -> Result<(), Failure> {
        let Self {
            mut writer,
            mut screen,
            notes_if_empty,
            ..
        } = self;
        let mut runs = Readable::new(runs, messages::error);
        let mut is_empty = true;
        writer.begin(&mut screen)?;
        for run in runs.by_ref() {
            writer.run(run?, &mut screen)?;
            is_empty = false;
        }
        writer.end(&mut screen)?;
        screen.end()?;
        if is_empty && runs.unreadable() == 0 && notes_if_empty {
            messages::note("No runs found");
        }
        runs.check()
    }
}
