//! Writes shell completions.

use crate::failure::Failure;
use clap::{Args, Command};
use clap_complete::Shell;
use std::io::{self, Write};

/// Write shell completions to standard output
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
    io::stdout().write_all(&completions)?;
    Ok(())
}
