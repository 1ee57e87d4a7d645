//! Opens the target that a URL names.

use super::collector::CollectorTarget;
use crate::failure::Failure;
use crate::logs::location::Location;
use execlog::Target;
use std::ffi::OsStr;
use std::time::Duration;

/// Opens the target. A server is connected to at first use.
pub(super) fn open(url: &OsStr, time_limit: Option<Duration>) -> Result<Box<dyn Target>, Failure> {
    if let Some(address) = url.to_str().filter(|url| is_http(url)) {
        let collector = CollectorTarget::new(address, time_limit).map_err(Failure::Usage)?;
        return Ok(Box::new(collector));
    }
    match Location::of(url)? {
        Location::Server(server) => Ok(Box::new(server.open()?)),
        Location::File(_) => Err(Failure::Usage(
            "name a server, as with `--to postgresql://user@host:5432/database`; runs are copied to a file by \
             `execlog import`"
                .to_owned(),
        )),
    }
}

fn is_http(url: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
}
