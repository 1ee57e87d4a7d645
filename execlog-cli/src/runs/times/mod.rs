//! Times: `parse` reads what people write, and `show` writes what people read, in a `zone`.

pub(crate) mod parse;
pub(crate) mod show;
mod zone;

use execlog::LocalLog;
use execlog::clock::ManualClock;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use show::Style;

/// The current time, the time zone, and how times are shown.
#[derive(Debug, Clone)]
pub(crate) struct Times {
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
    pub(crate) style: Style,
}

impl Times {
    pub(crate) fn new(utc: bool, iso: bool) -> Self {
        Self {
            now: now(),
            zone: if utc {
                TimeZone::UTC
            } else {
                zone::of_system()
            },
            style: match (utc, iso) {
                (_, true) => Style::Iso,
                (true, false) => Style::Exact,
                (false, false) => Style::Relative,
            },
        }
    }
}

/// The current time. Tests set it with `EXECLOG_NOW`.
fn now() -> Timestamp {
    test_time().unwrap_or_else(Timestamp::now)
}

/// Gives the log the same clock.
pub(crate) fn with_clock(log: LocalLog) -> LocalLog {
    match test_time() {
        Some(time) => log.with_clock(ManualClock::at(time.as_second())),
        None => log,
    }
}

fn test_time() -> Option<Timestamp> {
    let time = std::env::var("EXECLOG_NOW").ok()?;
    time.parse().ok()
}
