use crate::failure::Failure;
use crate::list;
use crate::logs::LogArguments;
use crate::output::{FormatArguments, TerminalArguments};
use clap::Args;

/// Write down which runs have crashed
///
/// They read as crashed without this. It is for programs that look at nothing but the records,
/// which then say `error`, and so that `prune` may remove them.
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
    let settled = opened.log.settle()?;
    if settled.is_empty() {
        crate::failure::note("no run has crashed that was not settled");
        if arguments.format.is_for_people() {
            return Ok(());
        }
    }
    let printer = arguments.format.printer(terminal.stream(), list::layout());
    printer.print(settled.into_iter().map(Ok))
}
