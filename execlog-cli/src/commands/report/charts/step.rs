//! The round lengths of the intervals and between the ticks of a time axis.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

const SECOND: i64 = 1000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// The length of an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    Millis(i64),
    Days(i32),
    /// Weeks begin on Monday.
    Weeks(i32),
    Months(i32),
}

/// From the shortest to the longest.
pub(super) const STEPS: [Step; 30] = [
    Step::Millis(SECOND),
    Step::Millis(2 * SECOND),
    Step::Millis(5 * SECOND),
    Step::Millis(10 * SECOND),
    Step::Millis(15 * SECOND),
    Step::Millis(30 * SECOND),
    Step::Millis(MINUTE),
    Step::Millis(2 * MINUTE),
    Step::Millis(5 * MINUTE),
    Step::Millis(10 * MINUTE),
    Step::Millis(15 * MINUTE),
    Step::Millis(30 * MINUTE),
    Step::Millis(HOUR),
    Step::Millis(2 * HOUR),
    Step::Millis(3 * HOUR),
    Step::Millis(6 * HOUR),
    Step::Millis(12 * HOUR),
    Step::Days(1),
    Step::Days(2),
    Step::Weeks(1),
    Step::Weeks(2),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(5 * 12),
    Step::Months(20 * 12),
    Step::Months(100 * 12),
    Step::Months(500 * 12),
];

impl Step {
    /// About how long it is.
    pub(super) fn millis(self) -> i64 {
        match self {
            Self::Millis(millis) => millis,
            Self::Days(days) => i64::from(days) * DAY,
            Self::Weeks(weeks) => i64::from(weeks) * 7 * DAY,
            Self::Months(months) => i64::from(months) * 30 * DAY,
        }
    }

    pub(super) fn name(self) -> String {
        let (count, unit) = match self {
            Self::Millis(millis) if millis % HOUR == 0 => (millis / HOUR, "hour"),
            Self::Millis(millis) if millis % MINUTE == 0 => (millis / MINUTE, "minute"),
            Self::Millis(millis) => (millis / SECOND, "second"),
            Self::Days(days) => (days.into(), "day"),
            Self::Weeks(weeks) => (weeks.into(), "week"),
            Self::Months(months) if months % 12 == 0 => (i64::from(months) / 12, "year"),
            Self::Months(months) => (months.into(), "month"),
        };
        match count {
            1 => unit.to_owned(),
            count => format!("{count} {unit}s"),
        }
    }

    /// The round times from the last at or before `from` to the first after `to`. `None` if a calendar does not
    /// have them.
    pub(super) fn times(self, from: i64, to: i64, zone: &TimeZone) -> Option<Vec<i64>> {
        let first = Timestamp::from_millisecond(from).ok()?;
        let date = first.to_zoned(zone.clone()).date();
        let midnight = |date: Date| {
            let time = date.to_zoned(zone.clone()).ok()?;
            Some(time.timestamp().as_millisecond())
        };
        let (date, span): (Date, Span) = match self {
            Self::Millis(step) => {
                let midnight = midnight(date)?;
                let first = midnight + (from - midnight).div_euclid(step) * step;
                let last = to.checked_add(step)?;
                let steps = usize::try_from(step).ok()?;
                return Some((first..=last).step_by(steps).collect());
            }
            Self::Days(days) => (date, days.days()),
            Self::Weeks(weeks) => {
                let monday = i32::from(date.weekday().to_monday_zero_offset());
                (date.checked_sub(monday.days()).ok()?, (7 * weeks).days())
            }
            Self::Months(months) if months % 12 == 0 => {
                let years = i16::try_from(months / 12).ok()?;
                let year = date.year() - date.year().rem_euclid(years);
                (Date::new(year, 1, 1).ok()?, months.months())
            }
            Self::Months(months) => {
                let month = i32::from(date.month() - 1);
                let month = i8::try_from(month - month % months + 1).ok()?;
                (Date::new(date.year(), month, 1).ok()?, months.months())
            }
        };
        let mut times = vec![midnight(date)?];
        let mut date = date;
        while times.last().is_none_or(|last| *last <= to) {
            date = date.checked_add(span).ok()?;
            times.push(midnight(date)?);
        }
        Some(times)
    }
}
