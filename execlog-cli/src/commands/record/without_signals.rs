//! The same functions as `signals` on systems without Unix signals.

use std::io;
use std::process::{Command, ExitCode, ExitStatus};

/// Runs a command to its end.
pub(super) fn run(command: &mut Command) -> io::Result<ExitStatus> {
    command.status()
}

/// Always `None`.
pub(super) fn of(_: ExitStatus) -> Option<i32> {
    None
}

/// Always `None`.
pub(super) fn name(_: i32) -> Option<&'static str> {
    None
}

/// Ends this program with the exit code of the command.
pub(super) fn end_as(status: ExitStatus) -> ExitCode {
    // An `ExitCode` has 8 bits, and an exit code on Windows has 32.
    std::process::exit(status.code().unwrap_or(1))
}
