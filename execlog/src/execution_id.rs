use crate::error::printable;
use crate::{Error, Result};

const LONGEST: usize = 512;

/// Refuses an id that could not be told apart, printed or passed on a command line.
pub(crate) fn check(id: &str) -> Result<()> {
    let reason = if id.is_empty() {
        "it is empty; give each run an id of its own"
    } else if id.len() > LONGEST {
        "it is longer than 512 bytes; shorten it"
    } else if id.chars().any(char::is_control) {
        "it has a control character; leave those out"
    } else {
        return Ok(());
    };
    Err(Error::InvalidId {
        id: printable(id.as_bytes()),
        reason,
    })
}
