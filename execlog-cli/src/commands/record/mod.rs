//! Runs a command and records it. The command has the same input, output, signals and exit code as
//! without `execlog`. `signals` passes signals on, and `without_signals` stands in elsewhere than on Unix.
//! `inheritance` hands on the lock of the run.

#[cfg(unix)]
mod inheritance;
#[cfg(not(unix))]
#[path = "without_inheritance.rs"]
mod inheritance;
#[cfg(unix)]
mod signals;
#[cfg(not(unix))]
#[path = "without_signals.rs"]
mod signals;

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::logs::location::Location;
use crate::logs::{opening, private};
use crate::output::{messages, warnings};
use crate::runs::label;
use clap::Args;
use execlog::{
    Cost, Environment, Error, ExecutionLog, FileKind, Invocation, LocalLog, Run, Threads,
};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

/// Run a command and record it
///
/// The command has the same input, output and signals as without `execlog record`, which ends with the exit
/// code of the command. If the log cannot be written, a warning is shown and the command runs anyway. A server
/// that does not answer delays it by at most five seconds, and its end by five more.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog record -- cargo build --release")]
pub(crate) struct RecordArguments {
    /// The root folder that the command works on
    #[arg(long, value_name = "FOLDER", value_hint = clap::ValueHint::DirPath)]
    root: Option<PathBuf>,

    /// The version of the tool that the command belongs to
    #[arg(
        long,
        value_name = "VERSION",
        default_value = "",
        hide_default_value = true
    )]
    tool_version: String,

    /// Label the run, as `--label team=search`. May be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = label::parse)]
    label: Vec<(String, String)>,

    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true)]
    #[arg(value_name = "COMMAND", value_hint = clap::ValueHint::CommandWithArguments)]
    command: Vec<OsString>,
}

pub(crate) fn run(arguments: &RecordArguments, log: &LogArguments) -> Result<ExitCode, Failure> {
    let [program, rest @ ..] = arguments.command.as_slice() else {
        return Err(Failure::Usage("name a command to run".to_owned()));
    };
    warnings::show();
    let log = log_for(log);
    let is_wanted = log.is_some();
    let log = log.unwrap_or_else(|| ExecutionLog::disabled().into());
    let run = log.begin(invocation(arguments, program));
    let mut command = Command::new(program);
    command.args(rest);
    // A run that is not recorded is nobody's parent.
    if is_wanted && run.is_recorded() {
        name_parent(&run, &mut command);
    }
    // If this program is killed, the run goes on as long as the command.
    let lock = run.lock_file();
    let inherited = lock.as_ref().and_then(inheritance::inherited);
    drop(lock);
    let before = Cost::of_children();
    let status = signals::run(&mut command);
    drop(inherited);
    if let (Some(before), Some(after)) = (before, Cost::of_children()) {
        run.set_cost(Cost {
            cpu_time: after.cpu_time.saturating_sub(before.cpu_time),
            ..after
        });
    }
    match status {
        Ok(status) => {
            end(run, status);
            drop(log);
            Ok(signals::end_as(status))
        }
        Err(error) => {
            let reason = match error.kind() {
                io::ErrorKind::NotFound => format!("command not found{}", hint(program)),
                _ => error.to_string(),
            };
            // The codes of shells and `env`.
            let code = match error.kind() {
                io::ErrorKind::NotFound => 127,
                _ => 126,
            };
            run.set_exit_code(i32::from(code));
            let message = format!("cannot run `{}`: {reason}", program.to_string_lossy());
            run.fail(&io::Error::other(message.as_str()));
            messages::error(&message);
            Ok(ExitCode::from(code))
        }
    }
}

/// What to do if the name of a program that is not found is a whole command line.
fn hint(program: &OsString) -> String {
    let program = program.to_string_lossy();
    if !program.trim().contains(char::is_whitespace) {
        return String::new();
    }
    let quoted = program.replace('\'', r"'\''");
    format!("; to run a command line, use a shell: `execlog record -- sh -c '{quoted}'`")
}

/// The log to record in. None, with a warning, if there is none or recording could do harm.
fn log_for(log: &LogArguments) -> Option<LocalLog> {
    let opened = log
        .location_to_record()
        .and_then(|location| match location {
            Location::File(file) => in_file(&file, log.is_named()),
            Location::Server(server) => server.open(),
        });
    match opened {
        Ok(log) => Some(log),
        Err(failure) => {
            let reason = failure.message().unwrap_or("there is no place for a log");
            messages::warning(&format!("this run is not recorded: {reason}"));
            None
        }
    }
}

fn in_file(file: &Path, is_named: bool) -> Result<LocalLog, Failure> {
    if file.exists() && !file.is_file() {
        let file = file.display();
        return Err(Failure::failed(format!("`{file}` is not a regular file")));
    }
    let kind = FileKind::of(file);
    if let Err(emptied @ Error::Emptied { .. }) = kind {
        return Err(emptied.into());
    }
    if kind.is_ok_and(|kind| !opening::is_shared(file, kind)) {
        let file = file.display();
        return Err(Failure::failed(format!(
            "the log in `{file}` is in a graph, and the command may write to that graph: name \
             another SQLite file with `--db`"
        )));
    }
    if !is_named
        && let Some(folder) = file.parent()
        && let Err(error) = private::create_folder(folder)
    {
        let folder = folder.display();
        return Err(Failure::failed(format!(
            "cannot create `{folder}`: {error}"
        )));
    }
    Ok(ExecutionLog::new(file).into())
}

fn invocation(arguments: &RecordArguments, program: &OsString) -> Invocation {
    let text = |argument: &OsString| argument.to_string_lossy().into_owned();
    let mut environment = Environment::of_process();
    let name = Path::new(program).file_name();
    environment.program = name.map(|name| name.to_string_lossy().into_owned());
    let mut invocation = Invocation::new(arguments.command.iter().map(text))
        .tool_version(&arguments.tool_version)
        .environment(environment);
    for (name, value) in &arguments.label {
        invocation = invocation.label(name, value);
    }
    match &arguments.root {
        // A relative path means nothing in another folder.
        Some(root) => invocation.root(std::path::absolute(root).unwrap_or_else(|_| root.clone())),
        None => invocation,
    }
}

/// Makes the run the parent of the runs and OpenTelemetry spans of the command. `TRACESTATE` is passed on
/// as it is.
fn name_parent<T: Threads>(run: &Run<T>, command: &mut Command) {
    command.env("TRACEPARENT", run.traceparent());
    command.env("EXECLOG_PARENT", run.execution_id());
}

fn end<T: Threads>(run: Run<T>, status: ExitStatus) {
    match (status.code(), signals::of(status)) {
        (Some(0), _) => {
            run.set_exit_code(0);
            run.succeed();
        }
        (Some(code), _) => {
            run.set_exit_code(code);
            run.fail(&io::Error::other(format!("exited with code {code}")));
        }
        (None, Some(signal)) => {
            let name = signals::name(signal);
            let name = name.map_or(String::new(), |name| format!(" ({name})"));
            // As shells report it.
            run.set_exit_code(128 + signal);
            run.fail(&io::Error::other(format!(
                "killed by signal {signal}{name}"
            )));
        }
        (None, None) => run.fail(&io::Error::other("ended without an exit code")),
    }
}
