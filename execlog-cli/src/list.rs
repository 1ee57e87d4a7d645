use crate::failure::Failure;
use crate::fields::Field;
use crate::logs::LogArguments;
use crate::output::{FormatArguments, Layout, TerminalArguments};
use crate::selection::SelectionArguments;
use clap::Args;

/// List runs, the newest first
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog list --failed --since yesterday --format csv")]
pub(crate) struct ListArguments {
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
    let runs = arguments.selection.of(&opened.log);
    let printer = arguments.format.printer(terminal.pages(), layout());
    printer.print(runs)
}

/// What is seen of a run among others.
pub(crate) fn layout() -> Layout {
    let layout = Layout::of(&[
        Field::short_id,
        Field::started_at,
        Field::status,
        Field::duration_ms,
        Field::files_indexed,
        Field::symbols_indexed,
        Field::args,
    ]);
    layout.with_wide(&[Field::references_indexed, Field::tool_version, Field::root])
}
