//! Prints a checkpoint of a log.

use super::key_file;
use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::output::printable::printable;
use crate::signing::note::signed;
use clap::Args;
use execlog::Checkpoint;
use std::io::{self, Write};
use std::path::PathBuf;

/// Print a checkpoint: what the log is now, to hold it to later
///
/// A checkpoint is the id of the log, the number of its seals, and a digest of them all, in three lines. Keep
/// it where whoever can change the log cannot change it. `execlog verify --checkpoint` then shows whether
/// everything that was sealed is still there unchanged.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog checkpoint --sign build.key > code.checkpoint")]
pub(crate) struct CheckpointArguments {
    /// Sign the checkpoint with the secret key in this file, which `execlog keygen` makes
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    sign: Option<PathBuf>,
}

pub(crate) fn run(arguments: &CheckpointArguments, log: &LogArguments) -> Result<(), Failure> {
    let key = arguments
        .sign
        .as_deref()
        .map(key_file::secret)
        .transpose()?;
    let opened = log.to_examine()?;
    let file = &opened.name;
    opened.note_another()?;
    let maintenance = opened.log.maintenance();
    if let Some(loss) = maintenance.loss()? {
        return Err(Failure::failed(format!(
            "`{file}` does not have all its runs: {loss}; run `execlog verify` for details"
        )));
    }
    let Some(checkpoint) = maintenance.checkpoint()? else {
        return Err(Failure::failed(format!(
            "`{file}` has no seals yet: record a run in it, or seal the runs that are there with \
             `execlog verify --repair`"
        )));
    };
    let mut text = checkpoint.to_string();
    if !is_readable(&checkpoint, &text) {
        return Err(Failure::failed(format!(
            "`{file}` has no valid id, `{}`: run `execlog verify` for details",
            checkpoint.origin
        )));
    }
    if let Some(key) = key {
        text = signed(&text, &key);
    }
    Ok(io::stdout().write_all(text.as_bytes())?)
}

/// Whether the text reads back as the checkpoint. The id of the log is whatever the file has.
fn is_readable(checkpoint: &Checkpoint, text: &str) -> bool {
    text.parse()
        .is_ok_and(|read: Checkpoint| read == *checkpoint)
        && printable(&checkpoint.origin) == checkpoint.origin
}
