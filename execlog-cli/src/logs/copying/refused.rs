//! Why a file is not copied.

use super::limit::TooMuch;
use std::io;

/// Why a file was not copied.
#[derive(Debug)]
pub(super) enum Refused {
    TooMuch,
    Failed(io::Error),
}

impl From<TooMuch> for Refused {
    fn from(_: TooMuch) -> Self {
        Self::TooMuch
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}
