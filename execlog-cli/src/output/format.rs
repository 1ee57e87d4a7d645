//! The formats that runs are shown in, and the printer that writes them.

use super::Screen;
use super::csv::Csv;
use super::json::{Json, Shape};
use super::table::{Layout, Table};
use super::template::Template;
use super::writer::Writer;
use crate::failure::{self, Failure};
use crate::fields::Field;
use clap::Args;
use execlog::RunEntry;
use std::io::Write;
use std::str::FromStr;

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "How they are shown")]
pub(crate) struct FormatArguments {
    /// table, json, jsonl, csv, or a template such as `{execution_id} {status}`
    ///
    /// Characters that could control a terminal are escaped: as `\u001b` in JSON, which means the same,
    /// and as `\u{1b}` in a table, in a template, and in CSV on a terminal. CSV puts an apostrophe before
    /// a text that a spreadsheet could run as a formula: one that begins with `=`, `+`, `-`, `@` or their
    /// full-width forms, a tab or the end of a line, also behind apostrophes of its own.
    #[arg(long, value_name = "FORMAT", default_value = "table", global = false)]
    format: Format,

    /// Show only these, in this order
    #[arg(
        long,
        value_name = "FIELD",
        value_delimiter = ',',
        hide_possible_values = true
    )]
    #[arg(long_help = "Show only these, in this order. They are named as in `--format json`")]
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
                "write `table`, `json`, `jsonl`, `csv`, or a template with fields in it, \
                 as '{execution_id} {status}'"
                    .to_owned(),
            ),
        }
    }
}

impl FormatArguments {
    /// Refuses what makes no sense together.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        match self.format {
            Format::Template(_) if self.has_fields() => Err(Failure::Usage(
                "a template has its fields in it: leave out `--fields`".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// The same for a run alone, which is no array of runs.
    pub(crate) fn of_one(&self) -> Self {
        let mut format = self.clone();
        if format.format == Format::Json {
            format.format = Format::JsonLines;
        }
        format
    }

    /// Whether the output is a table, for people.
    pub(crate) fn is_for_people(&self) -> bool {
        self.format == Format::Table
    }

    /// Whether some fields are named.
    pub(crate) fn has_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    pub(crate) fn printer(&self, screen: Screen, table: Layout) -> Printer {
        let fields = || {
            if self.has_fields() {
                self.fields.clone()
            } else {
                let fields = Field::ALL.iter().copied();
                fields.filter(|field| *field != Field::short_id).collect()
            }
        };
        let writer: Box<dyn Writer> = match &self.format {
            Format::Table if self.has_fields() => Box::new(Table::new(Layout::of(&self.fields))),
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
            says_that_nothing_is_found: self.is_for_people(),
        }
    }
}

/// A format, and where it goes.
pub(crate) struct Printer {
    writer: Box<dyn Writer>,
    screen: Screen,
    has_begun: bool,
    /// It would be no line at all.
    says_that_nothing_is_found: bool,
}

impl Printer {
    /// A table of these columns.
    pub(crate) fn table(layout: Layout, screen: Screen) -> Self {
        let writer = Box::new(Table::new(layout));
        Self {
            writer,
            screen,
            has_begun: false,
            says_that_nothing_is_found: false,
        }
    }

    /// Writes these runs at once, and others after them.
    pub(crate) fn print_now(&mut self, runs: Vec<RunEntry>) -> Result<(), Failure> {
        if !std::mem::replace(&mut self.has_begun, true) {
            self.writer.begin(&mut self.screen)?;
        }
        for run in runs {
            self.writer.run(run, &mut self.screen)?;
        }
        self.writer.flush(&mut self.screen)?;
        Ok(self.screen.flush()?)
    }

    /// Writes these runs, and gives back the screen for what follows them.
    pub(crate) fn print_some(
        self,
        runs: impl Iterator<Item = RunEntry>,
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

    /// Writes all runs. Those that cannot be read are said on standard error, and are a failure at
    /// the end.
    pub(crate) fn print(
        self,
        runs: impl Iterator<Item = execlog::Result<RunEntry>>,
    ) -> Result<(), Failure> {
        let Self {
            mut writer,
            mut screen,
            says_that_nothing_is_found,
            ..
        } = self;
        let (mut written, mut unreadable) = (0_usize, 0_usize);
        writer.begin(&mut screen)?;
        for run in runs {
            match run {
                Ok(run) => {
                    writer.run(run, &mut screen)?;
                    written += 1;
                }
                Err(error @ execlog::Error::Corrupt { .. }) => {
                    failure::error(&error.to_string());
                    unreadable += 1;
                }
                Err(error) => return Err(error.into()),
            }
        }
        writer.end(&mut screen)?;
        screen.end()?;
        if written + unreadable == 0 && says_that_nothing_is_found {
            failure::note("no run is found");
        }
        match unreadable {
            0 => Ok(()),
            unreadable => Err(Failure::failed(format!(
                "{} cannot be read: `execlog verify` says more",
                failure::runs(unreadable)
            ))),
        }
    }
}
