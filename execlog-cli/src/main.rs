//! The command `execlog`: reads the log of a code-indexing tool, and records any command.
//!
//! `arguments` is the command line, `commands` has a file or folder for each subcommand, and `failure` is
//! how a command fails. The folders import each other in one direction: `commands`, `logs` (finds and
//! opens a log), `output` (writes to the terminal and to files), `otlp` (turns runs into OpenTelemetry
//! spans), `runs` (selects runs and names their fields), `interrupts` (cleans up when a signal ends the program), `signing` (signs checkpoints).

mod arguments;
mod commands;
mod failure;
mod interrupts;
mod logs;
mod otlp;
mod output;
mod runs;
mod signing;

use arguments::{Arguments, Command};
use clap::{CommandFactory, Parser};
use commands::{
    checkpoint, completions, diff, export, fresh, import, keygen, list, man, pin, prune, record,
    report, settle, ship, show, stats, tail, verify,
};
use failure::Failure;
use output::messages;
use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::var_os(completions::runs::ASKED).is_some() {
        completions::runs::answer(Arguments::command(), std::env::args_os());
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::parse();
    arguments.terminal.color.write_global();
    run(&arguments).unwrap_or_else(|failure| messages::report(&failure))
}

fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let log = &arguments.log;
    let terminal = &arguments.terminal;
    log.check_graph()?;
    if !matches!(arguments.command, Command::List(_) | Command::Stats(_)) {
        log.check_is_one()?;
    }
    match &arguments.command {
        Command::List(list) => list::run(list, log, terminal),
        Command::Show(show) => show::run(show, log, terminal),
        Command::Diff(diff) => diff::run(diff, log, terminal),
        Command::Stats(stats) => stats::run(stats, log, terminal),
        Command::Fresh(fresh) => fresh::run(fresh, log, terminal),
        Command::Tail(tail) => tail::run(tail, log, terminal),
        Command::Record(record) => return record::run(record, log),
        Command::Pin(pin) => pin::pin(pin, log),
        Command::Unpin(unpin) => pin::unpin(unpin, log),
        Command::Prune(prune) => prune::run(prune, log, terminal),
        Command::Export(export) => export::run(export, log),
        Command::Import(import) => import::run(import, log),
        Command::Ship(ship) => ship::run(ship, log),
        Command::Settle(settle) => settle::run(settle, log, terminal),
        Command::Verify(verify) => verify::run(verify, log, terminal),
        Command::Checkpoint(checkpoint) => checkpoint::run(checkpoint, log),
        Command::Keygen(keygen) => keygen::run(keygen),
        Command::Completions(completions) => completions::run(completions, Arguments::command()),
        Command::Report(report) => report::run(report, log, terminal),
        Command::Man(man) => man::run(man, Arguments::command()),
    }?;
    Ok(ExitCode::SUCCESS)
}
