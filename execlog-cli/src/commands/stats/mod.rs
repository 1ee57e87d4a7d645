//! Summarises runs.
//!
//! `figures` computes the figures of all runs and of each group from a `sample` of each run, with the `costs`
//! of runs, `percentile`, the `trend` and the `slowest` runs. `columns` lists the figures that every format shows. `show` writes the table and CSV, and `json` writes
//! JSON. `regression` finds commands that have become slower or need more.

mod columns;
mod costs;
mod figures;
mod json;
pub(super) mod percentile;
mod regression;
mod sample;
mod show;
mod slowest;
mod trend;

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::logs::opening::OpenLog;
use crate::output::messages;
use crate::output::readable::Readable;
use crate::output::screen::TerminalArguments;
use crate::runs::selection::{Reading, SelectionArguments};
use crate::runs::times::parse;
use clap::{Args, ValueEnum};
use execlog::{Error, Grouping};
use figures::{Compared, Figures};
use jiff::Timestamp;
use regression::{Measure, Percent};
use sample::{Sample, samples};

/// Summarise runs: count, success rate, durations, speed
///
/// With `--db` several times, summarises the runs of all these logs together.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog stats --since 30d --against 7d --fail-on-regression 25%")]
pub(crate) struct StatsArguments {
    /// Group runs by
    #[arg(long, value_enum, default_value_t = By::Command)]
    by: By,

    /// Compare the runs since this time with older runs: `7d`, or any time as for `--since`
    #[arg(long, value_name = "TIME", value_parser = parse::time)]
    against: Option<Timestamp>,

    /// Exit with code 3 if a command has become slower by this percentage: `25%`
    ///
    /// A command is slower if its last three successful runs all took longer, by this percentage, than the
    /// median of its successful runs before. `--of` compares CPU time or memory in the same way.
    #[arg(long, value_name = "PERCENT")]
    fail_on_regression: Option<Percent>,

    /// What `--fail-on-regression` compares
    #[arg(long, value_enum, default_value_t = Measure::Duration, requires = "fail_on_regression")]
    of: Measure,

    /// Also show CPU time and peak memory, which takes longer in a long log
    #[arg(long)]
    cost: bool,
    /// Succeed if `--against` has nothing to compare. Otherwise `--fail-on-regression` exits with code 3
    #[arg(long, requires = "against")]
    allow_empty: bool,

    /// Compare approximate durations, shown as `~1.20 s`, with exact ones
    ///
    /// magellan cuts the start of a run to the second, so its durations are up to a second too long. They
    /// are not compared with exact ones.
    #[arg(long)]
    approximate: bool,

    /// Show the N slowest runs
    #[arg(long, value_name = "N", default_value_t = 5)]
    slowest: usize,

    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,

    #[command(flatten)]
    selection: SelectionArguments,
}

/// How runs are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// The first argument
    Command,
    /// The version of the tool
    Version,
    /// The day on which the run began
    Day,
    /// The host on which the run was recorded. Takes longer in a long log
    Host,
    /// The phases that the runs measured: how long each took
    Phase,
    /// The log, if `--db` is given several times
    Log,
}

/// What is shown of the figures.
#[derive(Debug, Clone, Copy)]
struct What {
    by: By,
    measure: Measure,
    /// Whether the runs were read with their cost.
    has_cost: bool,
    has_several_logs: bool,
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
            "`--fail-on-regression` compares the runs of each command: leave out `--by`".to_owned(),
        ));
    }
    let logs = log.all_to_read()?;
    let what = What {
        by: arguments.by,
        measure: arguments.of,
        has_cost: arguments.cost || arguments.of.is_of_cost(),
        has_several_logs: logs.len() > 1,
    };
    let has_contexts = what.has_cost || matches!(what.by, By::Host | By::Phase);
    let zone = terminal.times().zone;
    let names = logs.iter().map(|log| log.name.clone());
    let measure = arguments.fail_on_regression.map(|_| arguments.of);
    let (mut figures, runs): (_, Reading<'_, Sample>) = match counted(arguments, &logs, what)? {
        Some(counted) => (counted, Box::new(std::iter::empty())),
        None => (
            Figures::new(
                names.collect(),
                arguments.slowest,
                arguments.against,
                measure,
            ),
            samples(&arguments.selection, &logs, has_contexts),
        ),
    };
    let mut runs = Readable::new(runs, messages::error);
    // Contexts that are read for the hosts do not show what they cost, as a server does not.
    let shows_cost = what.has_cost || what.by == By::Phase;
    for run in runs.by_ref() {
        let mut run = run?;
        if !shows_cost {
            run.forget_cost();
        }
        figures.add(&run, arguments.by, &zone);
    }
    let compared = if arguments.approximate {
        Compared::All
    } else {
        Compared::Exact
    };
    let figures = figures.sorted(compared);
    let slowest = figures.slowest.read(&logs, has_contexts)?;
    let slower = arguments
        .fail_on_regression
        .map(|percent| regression::slower(figures.measured(compared), percent))
        .unwrap_or_default();
    let screen = terminal.paged();
    match arguments.format {
        Format::Table => show::show(&figures, slowest, &slower, what, screen)?,
        Format::Json => json::show(&figures, &slowest, &slower, what, screen)?,
        Format::Csv => show::csv(&figures, what, screen)?,
    }
    runs.check()?;
    if figures.left_out() > 0 {
        messages::note(&format!(
            "not compared, because durations of magellan are up to 1 s too long: {}; `--approximate` \
             compares them",
            messages::runs(figures.left_out())
        ));
    }
    let is_empty = arguments.against.is_some() && !figures.has_comparison();
    let fails_if_empty = arguments.fail_on_regression.is_some() && !arguments.allow_empty;
    if is_empty {
        let advice = if fails_if_empty {
            "; choose another time, or pass `--allow-empty`"
        } else {
            ""
        };
        messages::note(&format!(
            "nothing to compare: no group of runs has durations both since the time of `--against` and \
             before{advice}"
        ));
    }
    let nothing = measure
        .filter(|_| !is_empty)
        .and_then(|measure| regression::nothing_to_compare(figures.measured(compared), measure));
    if let Some(nothing) = nothing {
        messages::note(&nothing);
    }
    if slower.is_empty() && !(is_empty && fails_if_empty) {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

/// The figures of a log on a server that has counted its runs. `None` if single runs are needed.
fn counted(
    arguments: &StatsArguments,
    logs: &[OpenLog],
    what: What,
) -> Result<Option<Figures>, Failure> {
    let by = match what.by {
        By::Command => Grouping::Command,
        By::Version => Grouping::Version,
        By::Host => Grouping::Host,
        By::Day | By::Phase | By::Log => return Ok(None),
    };
    let compares = arguments.against.is_some() || arguments.fail_on_regression.is_some();
    let [opened] = logs else { return Ok(None) };
    if compares || what.has_cost || !opened.is_on_server() {
        return Ok(None);
    }
    let runs = arguments.selection.runs(&opened.log)?;
    match runs.statistics(by, arguments.slowest) {
        Ok(counted) => Ok(Some(Figures::of(opened.name.clone(), counted))),
        // Reading single runs reports the damaged one and goes on.
        Err(Error::Corrupt { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
