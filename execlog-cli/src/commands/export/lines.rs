//! Writes runs as JSON Lines, with every stored field.

use super::seals::SealsExport;
use super::{ExportArguments, Exported};
use crate::commands::export_line::ExportLine;
use crate::failure::Failure;
use crate::output::json::json_line;
use crate::output::messages;
use crate::output::progress::Progress;
use crate::output::readable::Readable;
use execlog::{LocalLog, Status};
use std::io::Write;

pub(super) fn export(
    arguments: &ExportArguments,
    log: &LocalLog,
    progress: &Progress,
    output: &mut impl Write,
) -> Result<Exported, Failure> {
    let seals = if arguments.without_seals || !arguments.selection.is_everything() {
        Ok(None)
    } else {
        SealsExport::begin(log)
    };
    // Runs that have crashed, but whose record has the outcome `running`.
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
        Ok(Some(seals)) => seals.write(log, output),
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(Failure::NotRead) = sealed {
        return Err(Failure::NotRead);
    }
    let note = format!(
        "crashed but exported as `running`: {}; run `execlog settle` before you export",
        messages::runs(unsettled)
    );
    Ok(Exported {
        runs: exported,
        notes: Vec::from_iter((unsettled > 0).then_some(note)),
        check: runs.check().and(sealed),
    })
}
