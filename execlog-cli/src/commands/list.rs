//! Lists runs.

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::logs::opening::OpenLog;
use crate::output::columns::Layout;
use crate::output::format::FormatArguments;
use crate::output::screen::TerminalArguments;
use crate::runs::fields::Field;
use crate::runs::listed::{Listed, Merged};
use crate::runs::selection::SelectionArguments;
use clap::Args;

/// List runs, newest first
///
/// With `--db` several times, lists the runs of all these logs, with its log beside each run.
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
    let opened = log.all_to_read()?;
    if let [opened] = opened.as_slice() {
        let layout = layout_of([opened]);
        let printer = arguments.format.printer(terminal.paged(), layout);
        return printer.print(listed(arguments, &arguments.selection, opened));
    }
    let (selection, limit, is_reversed) = arguments.selection.without_reverse();
    let merged = Merged::of(opened.iter().map(|log| listed(arguments, &selection, log)));
    let runs = merged.take(limit.unwrap_or(usize::MAX));
    let layout = layout_of(&opened).with_log();
    let printer = arguments.format.printer(terminal.paged(), layout);
    if is_reversed {
        let newest: Vec<_> = runs.collect();
        return printer.print(newest.into_iter().rev());
    }
    printer.print(runs)
}

/// The selected runs of a log.
fn listed<'log>(
    arguments: &ListArguments,
    selection: &SelectionArguments,
    opened: &'log OpenLog,
) -> impl Iterator<Item = execlog::Result<Listed<'log>>> + use<'log> {
    let runs = if arguments.failing {
        selection.failing(&opened.log)
    } else {
        selection.newest_first(&opened.log)
    };
    opened.listed_as_read(runs)
}

/// The columns of a list of the runs of these logs. Those on a server are of several hosts.
pub(crate) fn layout_of<'log>(logs: impl IntoIterator<Item = &'log OpenLog>) -> Layout {
    if logs.into_iter().any(OpenLog::is_on_server) {
        layout().with_host()
    } else {
        layout()
    }
}

/// The columns of a list of runs.
fn layout() -> Layout {
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
