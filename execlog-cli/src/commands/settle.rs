//! Settles runs that have crashed.

use super::list;
use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::output::format::FormatArguments;
use crate::output::messages;
use crate::output::screen::TerminalArguments;
use crate::runs::ids::Ids;
use clap::Args;

/// Record in the log which runs have crashed
///
/// `execlog` shows such a run as `crashed` even if it is not settled, because the process of the run no
/// longer holds its lock. But the record still has the outcome `running`. Settling changes it to `error`, for
/// programs that read only the record, and so that `prune` may remove the run.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog settle")]
pub(crate) struct SettleArguments {
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
    let settled = opened.log.maintenance().settle()?;
    if settled.is_empty() {
        messages::note("No crashed runs to settle");
        if arguments.format.is_for_people() {
            return Ok(());
        }
    }
    let printer = arguments.format.printer(terminal.unpaged(), list::layout());
    printer.print(settled.into_iter().map(Ok), Ids::of(&opened.log))
}
