//! Opens the target that a URL names.

use crate::failure::Failure;
use crate::logs::location::Location;
use execlog::Target;
use std::ffi::OsStr;

/// Opens the target. A server is connected to at first use.
pub(super) fn open(url: &OsStr) -> Result<Box<dyn Target>, Failure> {
    match Location::of(url)? {
        Location::Server(server) => Ok(Box::new(server.open()?)),
        Location::File(_) => Err(Failure::Usage(
            "name a server, as with `--to postgresql://user@host:5432/database`; runs are copied to a file by \
             `execlog import`"
                .to_owned(),
        )),
    }
}
