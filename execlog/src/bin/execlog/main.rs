//! Looks at the log of a code-indexing tool, and records any command.

mod arguments;
mod failure;
mod fields;
mod list;
mod logs;
mod moments;
mod output;
mod selection;
mod show;

use arguments::{Arguments, Command};
use clap::Parser;
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    arguments.terminal.color.write_global();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let log = &arguments.log;
    let terminal = &arguments.terminal;
    match &arguments.command {
        Command::List(list) => list::run(list, log, terminal),
        Command::Show(show) => show::run(show, log, terminal),
    }
}
