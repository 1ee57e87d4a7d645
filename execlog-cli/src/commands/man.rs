//! Writes manual pages.

use crate::failure::Failure;
use clap::{Args, Command};
use clap_mangen::Man;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

/// Write the manual page
///
/// Writes the page of `execlog` to standard output.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog man --folder ~/.local/share/man/man1")]
pub(crate) struct ManArguments {
    /// Write the pages of all commands to this folder instead
    #[arg(long, value_name = "FOLDER", value_hint = clap::ValueHint::DirPath)]
    folder: Option<PathBuf>,
}

pub(crate) fn run(arguments: &ManArguments, mut command: Command) -> Result<(), Failure> {
    command = command.disable_help_subcommand(true);
    command.build();
    let Some(folder) = &arguments.folder else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        io::stdout().write_all(&page)?;
        return Ok(());
    };
    let failed = |error: io::Error| {
        Failure::failed(format!("cannot write to `{}`: {error}", folder.display()))
    };
    fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(command, folder).map_err(failed)
}
