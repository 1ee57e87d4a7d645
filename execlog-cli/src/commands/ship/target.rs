//! Opens the target that a URL names.

use super::collector::CollectorTarget;
use crate::failure::Failure;
use crate::logs::location::Location;
use execlog::Target;
use std::ffi::OsStr;
use std::time::Duration;

/// Opens the target. A server is connected to at first use.
pub(super) fn open(
    url: Option<&OsStr>,
    time_limit: Option<Duration>,
) -> Result<Box<dyn Target>, Failure> {
    let Some(url) = url else {
        return Err(Failure::Usage(format!(
            "no target is named: {NAME_A_TARGET}, or set `EXECLOG_SHIP_TO`"
        )));
    };
    if let Some(address) = url.to_str().filter(|url| is_http(url)) {
        let collector = CollectorTarget::new(address, time_limit).map_err(Failure::Usage)?;
        return Ok(Box::new(collector));
    }
    let server = execlog::server_name(url).map(|_| Location::of(url));
    match server.transpose()? {
        Some(Location::Server(server)) => Ok(Box::new(server.open()?)),
        _ => Err(Failure::Usage(format!(
            "no log is shipped there: {NAME_A_TARGET}; runs are copied to a file by `execlog import`"
        ))),
    }
}

const NAME_A_TARGET: &str = "write a server as `--to postgresql://user@host:5432/database`, or a collector as \
     `--to http://host:4318`";

fn is_http(url: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
}
