//! Settles runs that have crashed.

use super::list;
use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::output::format::FormatArguments;
use crate::output::messages;
use crate::output::screen::TerminalArguments;
use crate::runs::times::parse;
use clap::Args;
use std::time::Duration;

/// Record in the log which runs have crashed
///
/// `execlog` shows such a run as `crashed` even if it is not settled, because the process of the run no
/// longer holds its lock. But the record still has the outcome `running`. Settling changes it to `error`, for
/// programs that read only the record, and so that `prune` may remove the run.
///
/// A program that records runs without a lock, as magellan, leaves a run `running` for ever if it is killed:
/// `execlog` shows such a run as `unknown`, and `--unknown` settles it.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog settle --unknown --older-than 7d")]
pub(crate) struct SettleArguments {
    /// Settle runs that have not ended and have no lock, instead of those that have crashed
    #[arg(long, requires = "older_than")]
    unknown: bool,

    /// Settle only unknown runs that began longer ago than this: `7d`. Choose a time that no run takes
    #[arg(long, value_name = "TIME", value_parser = parse::duration, requires = "unknown")]
    older_than: Option<Duration>,

    #[command(flatten)]
    format: FormatArguments,
}

pub(crate) fn run(
    arguments: &SettleArguments,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    arguments.format.check()?;
    let opened = log.to_change()?;
    let maintenance = opened.log.maintenance();
    let settled = match arguments.older_than {
        Some(time) => maintenance.settle_unknown(time)?,
        None => maintenance.settle()?,
    };
    if settled.is_empty() {
        let status = if arguments.unknown {
            "unknown"
        } else {
            "crashed"
        };
        messages::note(&format!("No {status} runs to settle"));
        if arguments.format.is_for_people() {
            return Ok(());
        }
    }
    let layout = list::layout_of([&opened]);
    let printer = arguments.format.printer(terminal.unpaged(), layout);
    let settled = opened.listed_together(&settled);
    printer.print(settled.map(Ok))
}
