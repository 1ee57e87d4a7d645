//! Times as people write them, and as they read them.

mod parse;
mod show;

pub(crate) use parse::{duration, moment};
pub(crate) use show::{Style, millis};

use execlog::LocalLog;
use execlog::clock::ManualClock;
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
    set_time().unwrap_or_else(Timestamp::now)
}

/// The same log at that time.
pub(crate) fn at_this_time(log: LocalLog) -> LocalLog {
    match set_time() {
        Some(time) => log.with_clock(ManualClock::at(time.as_second())),
        None => log,
    }
}

fn set_time() -> Option<Timestamp> {
    let time = std::env::var("EXECLOG_NOW").ok()?;
    time.parse().ok()
}
