use crate::completions::CompletionsArguments;
use crate::export::ExportArguments;
use crate::import::ImportArguments;
use crate::list::ListArguments;
use crate::logs::LogArguments;
use crate::man::ManArguments;
use crate::output::TerminalArguments;
use crate::prune::PruneArguments;
use crate::record::RecordArguments;
use crate::report::ReportArguments;
use crate::settle::SettleArguments;
use crate::show::ShowArguments;
use crate::stats::StatsArguments;
use crate::tail::TailArguments;
use crate::verify::VerifyArguments;
use clap::{Parser, Subcommand};

/// Looks at the log of a code-indexing tool, and records any command.
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
    Stats(StatsArguments),
    Tail(TailArguments),
    Record(RecordArguments),
    Prune(PruneArguments),
    Export(ExportArguments),
    Import(ImportArguments),
    Settle(SettleArguments),
    Verify(VerifyArguments),
    Report(ReportArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}
