//! What the runs of a log amount to.

mod columns;
mod compare;
mod figures;
mod json;
mod show;

use crate::failure::{self, Failure};
use crate::logs::LogArguments;
use crate::moments;
use crate::output::TerminalArguments;
use crate::selection::SelectionArguments;
use clap::{Args, ValueEnum};
use compare::Percent;
use figures::Figures;
pub(crate) use figures::{STATUSES, percentile};
use jiff::Timestamp;

/// Say what runs amount to: how many, how well, how long, how fast
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog stats --since 30d --against 7d --fail-on-regression 25%")]
pub(crate) struct StatsArguments {
    /// What runs are put together by
    #[arg(long, value_enum, default_value_t = By::Command)]
    by: By,

    /// Compare the runs that began within this time with those before: `7d`
    #[arg(long, value_name = "TIME", value_parser = moments::moment)]
    against: Option<Timestamp>,

    /// Exit with 3 if the last three runs of a command all took so much longer than those before:
    /// `25%`
    #[arg(long, value_name = "PERCENT")]
    fail_on_regression: Option<Percent>,

    /// How many of the slowest runs to show
    #[arg(long, value_name = "RUNS", default_value_t = 5)]
    slowest: usize,

    /// How the figures are shown
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    #[command(flatten)]
    selection: SelectionArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// The first argument
    Command,
    /// The version of the tool
    Version,
    /// The day that they began on
    Day,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

pub(crate) fn run(
    arguments: &StatsArguments,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    if arguments.fail_on_regression.is_some() && arguments.by != By::Command {
        return Err(Failure::Usage(
            "`--fail-on-regression` looks at the runs of each command: leave out `--by`".to_owned(),
        ));
    }
    let opened = log.to_read()?;
    let moments = terminal.moments();
    let mut figures = Figures::new(arguments.slowest, arguments.against);
    let mut unreadable = 0_usize;
    for run in arguments.selection.without_contexts(&opened.log) {
        match run {
            Ok(run) => figures.add(run, arguments.by, &moments.zone),
            Err(error @ execlog::Error::Corrupt { .. }) => {
                failure::error(&error.to_string());
                unreadable += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let figures = figures.whole();
    let slower = arguments
        .fail_on_regression
        .map(|percent| compare::slower(figures.succeeded(), percent))
        .unwrap_or_default();
    let screen = terminal.pages();
    match arguments.format {
        Format::Table => show::show(&figures, &slower, arguments.by, screen)?,
        Format::Json => json::show(&figures, &slower, arguments.by, screen)?,
        Format::Csv => show::csv(&figures, arguments.by, screen)?,
    }
    if unreadable > 0 {
        return Err(Failure::failed(format!(
            "{} cannot be read, and not counted: `execlog verify` says more",
            failure::runs(unreadable)
        )));
    }
    if slower.is_empty() {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}
