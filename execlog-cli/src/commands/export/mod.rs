//! Writes runs as JSON Lines. `seals` writes the seals after them.

mod seals;

use super::export_line::ExportLine;
use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::output::file::{OutputFile, ReplaceArguments};
use crate::output::json::json_line;
use crate::output::messages;
use crate::output::progress::Progress;
use crate::output::readable::Readable;
use crate::runs::selection::SelectionArguments;
use clap::Args;
use execlog::{LocalLog, RunSelector, Status};
use seals::SealsExport;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

/// Write runs as JSON Lines, with every stored field
///
/// Each line is one run. `execlog import` reads the lines into a log of any kind. If all runs are exported,
/// their seals and a checkpoint follow, and `execlog import` checks the runs against them.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog export --since 30d > runs.jsonl")]
pub(crate) struct ExportArguments {
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
    if exported.unsettled > 0 {
        messages::note(&format!(
            "crashed but exported as `running`: {}; run `execlog settle` before you export",
            messages::runs(exported.unsettled)
        ));
    }
    if !is_on_terminal {
        messages::note(&format!("exported {}", messages::runs(exported.runs)));
    }
    exported.check
}

/// What was exported.
struct Exported {
    runs: usize,
    /// Runs that have crashed, but whose record has the outcome `running`.
    unsettled: usize,
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
    let seals = if arguments.without_seals || !arguments.selection.is_everything() {
        Ok(None)
    } else {
        SealsExport::begin(log)
    };
    let (mut exported, mut unsettled) = (0, 0);
    let runs = arguments.selection.as_added(log);
    let mut runs = Readable::new(runs, |error| progress.pause(|| messages::error(error)));
    for run in runs.by_ref() {
        let run = run?;
        let is_open = matches!(run.record.outcome(), Ok(None));
        let is_unsettled = is_open && run.status() == Status::Crashed;
        unsettled += usize::from(is_unsettled);
        writeln!(output, "{}", json_line(&ExportLine::of_run(run.into()))?)?;
        exported += 1;
        progress.advance(1);
    }
    let sealed = match seals {
        Ok(Some(seals)) => seals.write(log, &mut output),
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(Failure::NotRead) = sealed {
        return Err(Failure::NotRead);
    }
    output.flush()?;
    Ok(Exported {
        runs: exported,
        unsettled,
        check: runs.check().and(sealed),
    })
}
