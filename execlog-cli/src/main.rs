//! Looks at the log of a code-indexing tool, and records any command.

mod arguments;
mod completions;
mod export;
mod failure;
mod fields;
mod import;
#[cfg(unix)]
mod interrupts;
#[cfg(not(unix))]
#[path = "without_interrupts.rs"]
mod interrupts;
mod list;
mod logs;
mod man;
mod moments;
mod output;
mod output_file;
mod private;
mod progress;
mod prune;
mod record;
mod report;
mod selection;
mod settle;
mod show;
mod stats;
mod tail;
mod transfer;
mod verify;

use arguments::{Arguments, Command};
use clap::{CommandFactory, Parser};
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    arguments.terminal.color.write_global();
    match run(&arguments) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let log = &arguments.log;
    let terminal = &arguments.terminal;
    match &arguments.command {
        Command::List(list) => list::run(list, log, terminal),
        Command::Show(show) => show::run(show, log, terminal),
        Command::Stats(stats) => stats::run(stats, log, terminal),
        Command::Tail(tail) => tail::run(tail, log, terminal),
        Command::Record(record) => return record::run(record, log),
        Command::Prune(prune) => prune::run(prune, log, terminal),
        Command::Export(export) => export::run(export, log),
        Command::Import(import) => import::run(import, log),
        Command::Settle(settle) => settle::run(settle, log, terminal),
        Command::Verify(verify) => verify::run(verify, log, terminal),
        Command::Completions(completions) => completions::run(completions, Arguments::command()),
        Command::Report(report) => report::run(report, log, terminal),
        Command::Man(man) => man::run(man, Arguments::command()),
    }?;
    Ok(ExitCode::SUCCESS)
}
