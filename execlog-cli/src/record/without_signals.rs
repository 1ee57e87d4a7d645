use std::io;
use std::process::{Command, ExitCode, ExitStatus};

/// Runs a command to its end.
pub(super) fn passed_on_to(command: &mut Command) -> io::Result<ExitStatus> {
    command.status()
}

/// The signal that ended the command: there are none here.
pub(super) fn of(_: ExitStatus) -> Option<i32> {
    None
}

/// Ends this program as the command ended.
pub(super) fn end_as(status: ExitStatus) -> ExitCode {
    // There a code has 32 bits, and an `ExitCode` only takes eight.
    std::process::exit(status.code().unwrap_or(1))
}
