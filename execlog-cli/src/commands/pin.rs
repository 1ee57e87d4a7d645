//! Pins runs, so that `prune` keeps them, and unpins them.

use super::show;
use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::output::messages;
use clap::Args;

/// Keep a run from being pruned
///
/// A pinned run stays in the log until it is unpinned. `list --pinned` lists the pinned runs.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog pin latest --note \"the index of release 4.17\"")]
pub(crate) struct PinArguments {
    /// The run: its id, the beginning of its id, its number as `29` or `#29`, or `latest`
    ///
    /// Shells treat `#` as a comment, so write a number as `'#29'`.
    #[arg(value_name = "RUN")]
    run: String,

    /// Why the run is kept. Replaces an earlier note
    ///
    /// Secrets in the note are replaced by `[redacted]`, and it is cut to 1024 bytes.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    note: String,
}

/// Let `prune` remove a pinned run again
///
/// The note of the run is removed with its pin.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog unpin 0199abcd-1234")]
pub(crate) struct UnpinArguments {
    /// The run, written as for `execlog pin`
    #[arg(value_name = "RUN")]
    run: String,
}

pub(crate) fn pin(arguments: &PinArguments, log: &LogArguments) -> Result<(), Failure> {
    let opened = log.to_change()?;
    let id = show::find(&opened.log, &arguments.run)?.record.execution_id;
    opened.log.maintenance().pin(&id, &arguments.note)?;
    // The note as it is stored, without secrets.
    let pinned = show::find(&opened.log, &id)?.context;
    let note = pinned.and_then(|context| context.pin).unwrap_or_default();
    let end = if note.is_empty() {
        String::new()
    } else {
        format!(": {note}")
    };
    let file = &opened.name;
    messages::note(&format!("pinned the run `{id}` in `{file}`{end}"));
    Ok(())
}

pub(crate) fn unpin(arguments: &UnpinArguments, log: &LogArguments) -> Result<(), Failure> {
    let opened = log.to_change()?;
    let run = show::find(&opened.log, &arguments.run)?;
    let id = &run.record.execution_id;
    let file = &opened.name;
    if run.context.is_none_or(|context| context.pin.is_none()) {
        messages::note(&format!("the run `{id}` in `{file}` is not pinned"));
        return Ok(());
    }
    opened.log.maintenance().unpin(id)?;
    messages::note(&format!("unpinned the run `{id}` in `{file}`"));
    Ok(())
}
