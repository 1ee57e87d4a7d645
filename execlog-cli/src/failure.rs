//! How a command fails, and what it says on standard error.

use crate::output::printable;
use std::io;
use std::process::ExitCode;

/// Why a command does not end well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It could not do what it was asked to.
    Failed(String),
    /// It was asked for something that does not exist.
    Usage(String),
    /// It did what it was asked to, and what it looked for is there.
    Found,
    /// Whoever read its output has seen enough.
    NotRead,
}

impl Failure {
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// Says what is wrong, and gives the exit code for it.
    pub(crate) fn report(self) -> ExitCode {
        let (message, code) = match self {
            Self::Failed(message) => (Some(message), 1),
            Self::Usage(message) => (Some(message), 2),
            Self::Found => (None, 3),
            Self::NotRead => (None, 0),
        };
        if let Some(message) = message {
            error(&message);
        }
        ExitCode::from(code)
    }
}

/// Says on standard error what is wrong, and nothing where that is closed.
pub(crate) fn error(message: &str) {
    use io::Write;
    let style = anstyle::Style::new()
        .bold()
        .fg_color(Some(anstyle::AnsiColor::Red.into()));
    let message = printable(message);
    let _ = writeln!(anstream::stderr(), "{style}error:{style:#} {message}");
}

/// Says something on standard error that is not an error.
pub(crate) fn note(message: &str) {
    use io::Write;
    let _ = writeln!(anstream::stderr(), "{}", printable(message));
}

/// So many runs, in words.
pub(crate) fn runs(count: usize) -> String {
    match count {
        1 => "1 run".to_owned(),
        count => format!("{count} runs"),
    }
}

impl From<execlog::Error> for Failure {
    fn from(error: execlog::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::NotRead,
            _ => Self::Failed(error.to_string()),
        }
    }
}
