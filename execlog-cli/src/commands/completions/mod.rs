//! Writes shell completions: `scripts` completes ids in the scripts of clap, and `runs` answers what these ask.

pub(crate) mod runs;
mod scripts;

use crate::failure::Failure;
use clap::{Args, Command};
use clap_complete::Shell;
use std::io::{self, Write};

/// Write shell completions to standard output
///
/// In bash, zsh and fish, they complete the ids of the newest runs after `execlog show`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: execlog completions bash > ~/.local/share/bash-completion/completions/execlog"
)]
pub(crate) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: &CompletionsArguments, mut command: Command) -> Result<(), Failure> {
    let mut completions = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "execlog", &mut completions);
    let completions = String::from_utf8_lossy(&completions);
    let completions = scripts::with_runs(arguments.shell, &completions);
    io::stdout().write_all(completions.as_bytes())?;
    Ok(())
}
