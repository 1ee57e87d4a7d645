//! Lists runs.

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::output::columns::Layout;
use crate::output::format::FormatArguments;
use crate::output::screen::TerminalArguments;

use crate::runs::fields::Field;
use crate::runs::ids::Ids;
use crate::runs::selection::SelectionArguments;
use clap::Args;

/// List runs, newest first
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog list --failed --since yesterday --format csv")]
pub(crate) struct ListArguments {
    /// Only what fails now: the newest run of each command and root, if it has failed
    ///
    /// A command is the first argument of its runs. Of the selected runs, those that have not ended do not
    /// count. A run has failed if its status is `error`, `partial` or `crashed`.
    #[arg(long, conflicts_with_all = ["outcome", "failed"])]
    failing: bool,

    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    format: FormatArguments,
}

pub(crate) fn run(
    arguments: &ListArguments,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    arguments.format.check()?;
    let opened = log.to_read()?;
    let runs = if arguments.failing {
        arguments.selection.failing(&opened.log)
    } else {
        arguments.selection.newest_first(&opened.log)
    };
    let printer = arguments.format.printer(terminal.paged(), layout());
    printer.print(runs, Ids::of(&opened.log))
}

/// The columns of a list of runs.
pub(crate) fn layout() -> Layout {
    let layout = Layout::of(&[
        Field::short_id,
        Field::started_at,
        Field::status,
        Field::duration_ms,
        Field::exit_code,
        Field::files_indexed,
        Field::symbols_indexed,
        Field::references_indexed,
        Field::tool_version,
        Field::root,
        Field::args,
        Field::error_message,
    ]);
    layout.with_wide(&[Field::references_indexed, Field::tool_version, Field::root])
}
