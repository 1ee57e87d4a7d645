//! Messages on standard error, for people.

use super::printable::printable;
use crate::failure::Failure;
use std::io::Write;
use std::process::ExitCode;

/// Writes the message of a failure, and returns its exit code.
pub(crate) fn report(failure: &Failure) -> ExitCode {
    if let Some(message) = failure.message() {
        error(message);
    }
    ExitCode::from(failure.exit_code())
}

/// Writes an error. If standard error is closed, the message is lost.
pub(crate) fn error(message: &str) {
    let style = anstyle::Style::new()
        .bold()
        .fg_color(Some(anstyle::AnsiColor::Red.into()));
    let message = printable(message);
    let _ = writeln!(anstream::stderr(), "{style}error:{style:#} {message}");
}

/// Writes a warning. It names the program, because a recorded command writes to standard error too.
pub(crate) fn warning(message: &str) {
    note(&format!("execlog: warning: {message}"));
}

/// Writes a message that is not an error.
pub(crate) fn note(message: &str) {
    let _ = writeln!(anstream::stderr(), "{}", printable(message));
}

/// A number of runs, as `1 run` or `2 runs`.
pub(crate) fn runs(count: usize) -> String {
    counted(count as u64, "run")
}

/// A number of things, as `1 file` or `2 files`.
pub(crate) fn counted(count: u64, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        count => format!("{count} {thing}s"),
    }
}
