//! How a command fails.

use std::io;

/// Why a command does not end with exit code 0.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command failed. Exit code 1.
    Failed(String),
    /// The command line is wrong. Exit code 2.
    Usage(String),
    /// The command worked and found what it was told to look for. Exit code 3.
    Found,
    /// The reader of standard output closed it, as `head` does. Not an error: exit code 0.
    NotRead,
}

impl Failure {
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::NotRead => 0,
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Found => 3,
        }
    }

    /// The message for standard error.
    pub(crate) fn message(&self) -> Option<&str> {
        match self {
            Self::Failed(message) | Self::Usage(message) => Some(message),
            Self::Found | Self::NotRead => None,
        }
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
