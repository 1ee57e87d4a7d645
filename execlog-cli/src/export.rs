//! Writes runs as JSON Lines.

use crate::failure::{self, Failure};
use crate::logs::LogArguments;
use crate::output::json_line;
use crate::output_file::{OutputFile, ReplaceArguments};
use crate::progress::Progress;
use crate::selection::SelectionArguments;
use crate::transfer::Line;
use clap::Args;
use execlog::{Error, LocalLog, Status, StoredRun};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

/// Write runs as JSON Lines, with all that is stored of them
///
/// `execlog import` reads them back, into a log of any kind.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog export --since 30d > runs.jsonl")]
pub(crate) struct ExportArguments {
    /// Write to this file, readable by you alone, instead of standard output; `-` is standard output
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,

    #[command(flatten)]
    replace: ReplaceArguments,

    #[command(flatten)]
    selection: SelectionArguments,
}

pub(crate) fn run(arguments: &ExportArguments, log: &LogArguments) -> Result<(), Failure> {
    let opened = log.to_read()?;
    let to_file = arguments.output.as_deref();
    let to_file = to_file.filter(|path| path.as_os_str() != "-");
    let is_seen = to_file.is_none() && io::stdout().is_terminal();
    let progress = if is_seen {
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
    if !is_seen {
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

fn progress(arguments: &ExportArguments, log: &LocalLog) -> Progress {
    let newest = log.find(execlog::RunSelector::latest()).ok().flatten();
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
    let mut exported = Exported {
        runs: 0,
        unreadable: 0,
        unsettled: 0,
    };
    for run in arguments.selection.as_added(log) {
        match run {
            Ok(run) => {
                let is_open = matches!(run.record.outcome(), Ok(None));
                let is_unsettled = is_open && run.status() == Status::Crashed;
                exported.unsettled += usize::from(is_unsettled);
                let line = Line::of(StoredRun::from(run));
                let mut line = json_line(&line)?;
                line.push('\n');
                output.write_all(line.as_bytes())?;
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
    Ok(exported)
}
