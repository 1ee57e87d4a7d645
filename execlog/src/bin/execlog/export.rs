use crate::failure::{self, Failure};
use crate::logs::LogArguments;
use crate::progress::Progress;
use crate::selection::SelectionArguments;
use crate::transfer::Line;
use clap::Args;
use execlog::{Error, StoredRun};
use std::fs::File;
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

    /// Write to this file, and not to standard output
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &ExportArguments, log: &LogArguments) -> Result<(), Failure> {
    let opened = log.to_read()?;
    let mut output: Box<dyn Write> = match &arguments.output {
        Some(path) => Box::new(File::create_new(path).map_err(|error| {
            Failure::failed(format!("cannot make `{}`: {error}", path.display()))
        })?),
        None => Box::new(io::stdout()),
    };
    let is_seen = arguments.output.is_none() && io::stdout().is_terminal();
    let progress = if is_seen {
        Progress::hidden()
    } else {
        let newest = opened.log.find("latest").ok().flatten();
        let runs = newest.and_then(|run| u64::try_from(run.record.id).ok());
        Progress::of_runs(runs.filter(|_| arguments.selection.is_everything()))
    };
    let mut buffered = BufWriter::new(&mut output);
    let (mut exported, mut unreadable) = (0_usize, 0_usize);
    for run in arguments.selection.as_added(&opened.log) {
        match run {
            Ok(run) => {
                let line = Line::of(StoredRun::from(run));
                serde_json::to_writer(&mut buffered, &line).map_err(io::Error::from)?;
                buffered.write_all(b"\n")?;
                exported += 1;
                progress.advance(1);
            }
            Err(error @ Error::Corrupt { .. }) => {
                progress.pause(|| failure::error(&error.to_string()));
                unreadable += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    buffered.flush()?;
    drop(buffered);
    progress.end();
    if unreadable > 0 {
        return Err(Failure::failed(format!(
            "{} cannot be read, and {exported} are exported without: `execlog verify` says more",
            failure::runs(unreadable)
        )));
    }
    if !is_seen {
        failure::note(&format!("exported {}", failure::runs(exported)));
    }
    Ok(())
}
