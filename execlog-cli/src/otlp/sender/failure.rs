//! Why a collector did not answer.

use super::Undelivered;
use super::address::Address;
use std::io;
use ureq::Error;

/// The failure of a request.
pub(super) fn of(address: &Address, error: &Error) -> Undelivered {
    match error {
        Error::Timeout(_) => unavailable(address, "did not answer in time"),
        Error::Io(error) => of_io(address, error),
        Error::HostNotFound => unavailable(address, "has a host that cannot be found"),
        Error::ConnectionFailed => unavailable(address, "cannot be reached"),
        _ => Undelivered::Unusable {
            reason: format!("the answer of {address} is not HTTP: {error}"),
        },
    }
}

/// The failure to read an answer to its end.
pub(super) fn of_body(address: &Address, error: &io::Error) -> Undelivered {
    match error.get_ref().and_then(|error| error.downcast_ref()) {
        Some(error) => of(address, error),
        None => of_io(address, error),
    }
}

fn of_io(address: &Address, error: &io::Error) -> Undelivered {
    unavailable(
        address,
        &format!("cannot be reached, or has broken the connection: {error}"),
    )
}

fn unavailable(address: &Address, why: &str) -> Undelivered {
    Undelivered::Unavailable {
        reason: format!("{address} {why}"),
        retry_after: None,
    }
}
