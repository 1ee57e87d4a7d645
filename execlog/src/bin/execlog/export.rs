//! Writes runs as JSON Lines.

use crate::failure::{self, Failure};
use crate::logs::LogArguments;
use crate::output::json_line;
use crate::progress::Progress;
use crate::selection::SelectionArguments;
use crate::transfer::Line;
use clap::Args;
use execlog::{Error, ExecutionLog, Status, StoredRun};
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

/// Write runs as JSON Lines, with all that is stored of them
///
/// `execlog import` reads them back, into a log of any kind.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog export --since 30d > runs.jsonl")]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    selection: SelectionArguments,

    /// Write to this new file, and not to standard output
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &ExportArguments, log: &LogArguments) -> Result<(), Failure> {
    let opened = log.to_read()?;
    let to_file = arguments.output.as_deref();
    let exported = match to_file.filter(|path| path.as_os_str() != "-") {
        None => export(arguments, &opened.log, io::stdout().lock())?,
        Some(path) => {
            let file = File::create_new(path).map_err(|error| {
                Failure::failed(format!("cannot make `{}`: {error}", path.display()))
            })?;
            export(arguments, &opened.log, file).inspect_err(|_| {
                // What does not go to its end would be taken for all there is.
                let _ = fs::remove_file(path);
            })?
        }
    };
    let runs = failure::runs(exported.runs);
    if exported.unreadable > 0 {
        return Err(Failure::failed(format!(
            "exported {runs}, but {} cannot be read: `execlog verify` says more",
            failure::runs(exported.unreadable)
        )));
    }
    if exported.unsettled > 0 {
        failure::note(&format!(
            "of {} only this log can tell that it has crashed: `execlog settle` writes it down",
            failure::runs(exported.unsettled)
        ));
    }
    if to_file.is_some() || !io::stdout().is_terminal() {
        failure::note(&format!("exported {runs}"));
    }
    Ok(())
}

struct Exported {
    runs: usize,
    unreadable: usize,
    /// Which have crashed, and do not say so themselves.
    unsettled: usize,
}

fn export(
    arguments: &ExportArguments,
    log: &ExecutionLog,
    output: impl Write,
) -> Result<Exported, Failure> {
    let progress = if arguments.output.is_none() && io::stdout().is_terminal() {
        Progress::hidden()
    } else {
        let newest = log.find("latest").ok().flatten();
        let runs = newest.and_then(|run| u64::try_from(run.record.id).ok());
        Progress::of_runs(runs.filter(|_| arguments.selection.is_everything()))
    };
    let mut output = BufWriter::new(output);
    let mut exported = Exported {
        runs: 0,
        unreadable: 0,
        unsettled: 0,
    };
    for run in arguments.selection.as_added(log) {
        match run {
            Ok(run) => {
                let is_open = matches!(run.record.ended(), Ok(None));
                let is_unsettled = is_open && run.status() == Status::Crashed;
                exported.unsettled += usize::from(is_unsettled);
                let line = Line::of(StoredRun::from(run));
                writeln!(output, "{}", json_line(&line)?)?;
                exported.runs += 1;
                progress.advance(1);
            }
            Err(error @ Error::Corrupt { .. }) => {
                progress.pause(|| failure::error(&error.to_string()));
                exported.unreadable += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    output.flush()?;
    progress.end();
    Ok(exported)
}
