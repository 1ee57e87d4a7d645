use crate::list::ListArguments;
use crate::output::TerminalArguments;
use crate::logs::LogArguments;
use crate::show::ShowArguments;
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
}
