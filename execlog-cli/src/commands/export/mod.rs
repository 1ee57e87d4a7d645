//! Exports runs. `lines` writes them as JSON Lines and `seals` their seals after them. `spans` writes them as
//! OpenTelemetry spans.

mod lines;
mod seals;
mod spans;

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::output::file::{OutputFile, ReplaceArguments};
use crate::output::messages;
use crate::output::progress::Progress;
use crate::runs::selection::SelectionArguments;
use clap::{Args, ValueEnum};
use execlog::{LocalLog, RunSelector};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

/// Write runs as JSON Lines, with every stored field, or as OpenTelemetry spans
///
/// Each line is one run. `execlog import` reads the lines into a log of any kind. If all runs are exported,
/// their seals and a checkpoint follow, and `execlog import` checks the runs against them.
///
/// With `--format otlp` each line has the spans of one run and its phases. Runs that have not ended are left
/// out, and there are no seals.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog export --since 30d > runs.jsonl")]
pub(crate) struct ExportArguments {
    /// What each line is
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Jsonl)]
    format: Format,

    /// Write to this file, which only you can read, instead of standard output (`-`)
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,

    #[command(flatten)]
    replace: ReplaceArguments,

    /// Export the runs alone, without their seals
    #[arg(long)]
    without_seals: bool,

    #[command(flatten)]
    selection: SelectionArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A run with every stored field, for `execlog import`
    Jsonl,
    /// The spans of a run, for the file receiver of an OpenTelemetry Collector
    Otlp,
}

pub(crate) fn run(arguments: &ExportArguments, log: &LogArguments) -> Result<(), Failure> {
    let opened = log.to_read()?;
    let to_file = arguments.output.as_deref();
    let to_file = to_file.filter(|path| path.as_os_str() != "-");
    let is_on_terminal = to_file.is_none() && io::stdout().is_terminal();
    let progress = if is_on_terminal {
        Progress::hidden()
    } else {
        progress(arguments, &opened.log)
    };
    let exported = match to_file {
        None => export(arguments, &opened.log, &progress, &mut io::stdout().lock())?,
        Some(path) => {
            let mut file = OutputFile::create(path, &arguments.replace)?;
            let exported = export(arguments, &opened.log, &progress, &mut file)?;
            file.keep()?;
            exported
        }
    };
    progress.end();
    for note in &exported.notes {
        messages::note(note);
    }
    if !is_on_terminal {
        messages::note(&format!("exported {}", messages::runs(exported.runs)));
    }
    exported.check
}

/// What was exported.
struct Exported {
    runs: usize,
    /// What the user should know of runs that differ from the others.
    notes: Vec<String>,
    /// Fails if there are runs that cannot be read, or seals.
    check: Result<(), Failure>,
}

fn progress(arguments: &ExportArguments, log: &LocalLog) -> Progress {
    let newest = log.find(RunSelector::latest()).ok().flatten();
    let runs = newest.and_then(|run| u64::try_from(run.record.id).ok());
    Progress::of_runs(runs.filter(|_| arguments.selection.is_everything()))
}

fn export(
    arguments: &ExportArguments,
    log: &LocalLog,
    progress: &Progress,
    output: &mut impl Write,
) -> Result<Exported, Failure> {
    let mut output = BufWriter::new(output);
    let exported = match arguments.format {
        Format::Jsonl => lines::export(arguments, log, progress, &mut output),
        Format::Otlp => spans::export(arguments, log, progress, &mut output),
    }?;
    output.flush()?;
    Ok(exported)
}
