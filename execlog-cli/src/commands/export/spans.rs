//! Writes runs as OpenTelemetry spans: on each line a request to a collector with the spans of one run.

use super::{ExportArguments, Exported};
use crate::failure::Failure;
use crate::otlp::{ExportTraceServiceRequest, NoSpan, spans_of};
use crate::output::json::json_line;
use crate::output::messages;
use crate::output::progress::Progress;
use crate::output::readable::Readable;
use execlog::LocalLog;
use std::io::Write;

pub(super) fn export(
    arguments: &ExportArguments,
    log: &LocalLog,
    progress: &Progress,
    output: &mut impl Write,
) -> Result<Exported, Failure> {
    let (mut exported, mut not_ended, mut out_of_range) = (0, 0, 0);
    let runs = arguments.selection.as_added(log);
    let mut runs = Readable::new(runs, |error| progress.pause(|| messages::error(error)));
    for run in runs.by_ref() {
        match spans_of(&run?) {
            Ok(spans) => {
                let request = ExportTraceServiceRequest {
                    resource_spans: vec![spans],
                };
                writeln!(output, "{}", json_line(&request)?)?;
                exported += 1;
            }
            Err(NoSpan::NotEnded) => not_ended += 1,
            Err(NoSpan::TimeOutOfRange) => out_of_range += 1,
        }
        progress.advance(1);
    }
    let notes = [
        (not_ended, "not ended, so left out"),
        (
            out_of_range,
            "with times before 1970 or after 2262, so left out",
        ),
    ];
    let notes = notes.iter().filter(|(runs, _)| *runs > 0);
    Ok(Exported {
        runs: exported,
        notes: notes
            .map(|(runs, why)| format!("{why}: {}", messages::runs(*runs)))
            .collect(),
        check: runs.check(),
    })
}
