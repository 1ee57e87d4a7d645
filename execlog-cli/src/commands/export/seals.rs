//! Exports the seals of a log after its runs.

use crate::commands::export_line::{End, ExportLine};
use crate::failure::Failure;
use crate::output::json::json_line;
use execlog::{Error, LocalLog};
use std::io::Write;

/// The export of the seals, begun before the first run is exported.
pub(super) struct SealsExport {
    before: u64,
}

impl SealsExport {
    /// `None` if the log has no seals.
    pub(super) fn begin(log: &LocalLog) -> Result<Option<Self>, Failure> {
        let checkpoint = log
            .maintenance()
            .checkpoint()
            .map_err(|error| not_exported(&error))?;
        Ok(checkpoint.map(|checkpoint| Self {
            before: checkpoint.size,
        }))
    }

    /// Writes the seals, and the checkpoint that ends the export.
    pub(super) fn write(self, log: &LocalLog, output: &mut impl Write) -> Result<(), Failure> {
        let maintenance = log.maintenance();
        let checkpoint = maintenance
            .checkpoint()
            .map_err(|error| not_exported(&error))?;
        let Some(checkpoint) = checkpoint else {
            return Err(Failure::failed(
                "the seals were removed while the log was exported: export again",
            ));
        };
        let mut last = 0;
        for seal in maintenance.seals_after(0) {
            let seal = seal.map_err(|error| not_exported(&error))?;
            if seal.sequence > checkpoint.size {
                break;
            }
            // Pruning drops the oldest.
            if last > 0 && seal.sequence != last + 1 {
                return Err(Failure::failed(
                    "the log was pruned while its seals were exported: export again",
                ));
            }
            last = seal.sequence;
            writeln!(output, "{}", json_line(&ExportLine::of_seal(seal))?)?;
        }
        let end = End {
            checkpoint,
            seals_before: self.before,
        };
        writeln!(output, "{}", json_line(&ExportLine::of_end(&end))?)?;
        Ok(())
    }
}

fn not_exported(error: &Error) -> Failure {
    Failure::failed(format!(
        "the seals were not exported: {error}; run `execlog verify` for details, or leave them out with \
         `--without-seals`"
    ))
}
