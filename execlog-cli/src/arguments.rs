//! The command line: the options of every command, and the subcommands.

use crate::commands::checkpoint::CheckpointArguments;
use crate::commands::completions::CompletionsArguments;
use crate::commands::diff::DiffArguments;
use crate::commands::export::ExportArguments;
use crate::commands::fresh::FreshArguments;
use crate::commands::import::ImportArguments;
use crate::commands::keygen::KeygenArguments;
use crate::commands::list::ListArguments;
use crate::commands::man::ManArguments;
use crate::commands::pin::{PinArguments, UnpinArguments};
use crate::commands::prune::PruneArguments;
use crate::commands::record::RecordArguments;
use crate::commands::report::ReportArguments;
use crate::commands::settle::SettleArguments;
use crate::commands::ship::ShipArguments;
use crate::commands::show::ShowArguments;
use crate::commands::stats::StatsArguments;
use crate::commands::tail::TailArguments;
use crate::commands::verify::VerifyArguments;
use crate::logs::arguments::LogArguments;
use crate::output::screen::TerminalArguments;
use clap::{Parser, Subcommand};

/// Read the log of a code-indexing tool, and record any command
#[derive(Debug, Parser)]
#[command(
    name = "execlog",
    version,
    max_term_width = 100,
    after_help = "Example: execlog list --failed --since yesterday"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) log: LogArguments,
    #[command(flatten)]
    pub(crate) terminal: TerminalArguments,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    List(ListArguments),
    Show(ShowArguments),
    Diff(DiffArguments),
    Stats(StatsArguments),
    Fresh(FreshArguments),
    Tail(TailArguments),
    Record(RecordArguments),
    Pin(PinArguments),
    Unpin(UnpinArguments),
    Prune(PruneArguments),
    Export(ExportArguments),
    Import(ImportArguments),
    Ship(ShipArguments),
    Settle(SettleArguments),
    Verify(VerifyArguments),
    Checkpoint(CheckpointArguments),
    Keygen(KeygenArguments),
    Report(ReportArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}
