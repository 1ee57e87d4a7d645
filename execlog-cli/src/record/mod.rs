//! Runs a command and records it, without coming between it and whoever started it.

#[cfg(unix)]
mod signals;
#[cfg(not(unix))]
#[path = "without_signals.rs"]
mod signals;

use crate::failure::{self, Failure};
use crate::logs::{self, LogArguments};
use crate::output::PrintableLines;
use crate::private;
use clap::Args;
use execlog::{Environment, ExecutionLog, FileKind, Invocation, Run};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

/// Run a command and record it
///
/// Its input, output, signals and exit code are its own. If the log cannot be written, that is a
/// warning, and the command runs all the same.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog record -- cargo build --release")]
pub(crate) struct RecordArguments {
    /// The folder that the command works on
    #[arg(long, value_name = "FOLDER", value_hint = clap::ValueHint::DirPath)]
    root: Option<PathBuf>,

    /// The version of the tool that the command is of
    #[arg(
        long,
        value_name = "VERSION",
        default_value = "",
        hide_default_value = true
    )]
    tool_version: String,

    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true)]
    #[arg(value_name = "COMMAND", value_hint = clap::ValueHint::CommandWithArguments)]
    command: Vec<OsString>,
}

pub(crate) fn run(arguments: &RecordArguments, log: &LogArguments) -> Result<ExitCode, Failure> {
    let [program, rest @ ..] = arguments.command.as_slice() else {
        return Err(Failure::Usage("there is no command to run".to_owned()));
    };
    warn_on_standard_error();
    let log = log_for(log);
    let run = log.begin(invocation(arguments, program));
    let mut command = Command::new(program);
    command.args(rest);
    let status = signals::passed_on_to(&mut command);
    match status {
        Ok(status) => {
            end(run, status);
            drop(log);
            Ok(signals::end_as(status))
        }
        Err(error) => {
            let reason = match error.kind() {
                io::ErrorKind::NotFound => "no such command".to_owned(),
                _ => error.to_string(),
            };
            // As shells and `env` have it.
            let code = match error.kind() {
                io::ErrorKind::NotFound => 127,
                _ => 126,
            };
            run.set_exit_code(i32::from(code));
            let message = format!("cannot run `{}`: {reason}", program.to_string_lossy());
            run.fail(&io::Error::other(message.as_str()));
            failure::error(&message);
            Ok(ExitCode::from(code))
        }
    }
}

/// The log to record in, or none where recording would do harm.
fn log_for(log: &LogArguments) -> ExecutionLog {
    let unrecorded = |reason: String| {
        failure::note(&format!("warning: this run is not recorded: {reason}"));
        ExecutionLog::disabled()
    };
    let file = match log.shared_file() {
        Ok(file) => file,
        Err(Failure::Failed(reason)) => return unrecorded(reason),
        Err(_) => return unrecorded("no log was found".to_owned()),
    };
    if file.exists() && !file.is_file() {
        return unrecorded(format!("`{}` is no file", file.display()));
    }
    if FileKind::of(&file).is_ok_and(|kind| !logs::is_shared(&file, kind)) {
        let file = file.display();
        return unrecorded(format!(
            "the log in `{file}` is in a graph, which the command may write to itself: name \
             another SQLite file with `--db`"
        ));
    }
    if log.named().is_none()
        && let Some(folder) = file.parent()
        && let Err(error) = private::create_folder(folder)
    {
        return unrecorded(format!("cannot make `{}`: {error}", folder.display()));
    }
    ExecutionLog::new(&file)
}

fn invocation(arguments: &RecordArguments, program: &OsString) -> Invocation {
    let text = |argument: &OsString| argument.to_string_lossy().into_owned();
    let mut environment = Environment::of_process();
    let name = Path::new(program).file_name();
    environment.program = name.map(|name| name.to_string_lossy().into_owned());
    let invocation = Invocation::new(arguments.command.iter().map(text))
        .tool_version(&arguments.tool_version)
        .environment(environment);
    match &arguments.root {
        // As it was typed it would mean nothing elsewhere.
        Some(root) => invocation.root(std::path::absolute(root).unwrap_or_else(|_| root.clone())),
        None => invocation,
    }
}

fn end(run: Run, status: ExitStatus) {
    match (status.code(), signals::of(status)) {
        (Some(0), _) => {
            run.set_exit_code(0);
            run.succeed();
        }
        (Some(code), _) => {
            run.set_exit_code(code);
            run.fail(&io::Error::other(format!("it ended with exit code {code}")));
        }
        (None, Some(signal)) => {
            run.fail(&io::Error::other(format!(
                "it was ended by signal {signal}"
            )));
        }
        (None, None) => run.fail(&io::Error::other("it ended without an exit code")),
    }
}

/// Shows what the log warns of.
fn warn_on_standard_error() {
    let shown = tracing_subscriber::fmt()
        .with_writer(|| PrintableLines(io::stderr()))
        .with_max_level(tracing::Level::WARN)
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .try_init();
    drop(shown);
}
