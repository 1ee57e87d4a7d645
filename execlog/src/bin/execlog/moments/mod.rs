//! Times as people write them, and as they read them.

mod parse;
mod show;

pub(crate) use parse::{duration, moment};
pub(crate) use show::{Style, millis};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What time it is, and where.
#[derive(Debug, Clone)]
pub(crate) struct Moments {
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
    pub(crate) style: Style,
}

impl Moments {
    pub(crate) fn new(utc: bool, iso: bool) -> Self {
        Self {
            now: now(),
            zone: if utc {
                TimeZone::UTC
            } else {
                TimeZone::system()
            },
            style: match (utc, iso) {
                (_, true) => Style::Iso,
                (true, false) => Style::Exact,
                (false, false) => Style::Relative,
            },
        }
    }
}

/// The time of the machine, or for a test the one that it sets.
pub(crate) fn now() -> Timestamp {
    let set = std::env::var("EXECLOG_NOW").ok();
    let set = set.and_then(|time| time.parse().ok());
    set.unwrap_or_else(Timestamp::now)
}
