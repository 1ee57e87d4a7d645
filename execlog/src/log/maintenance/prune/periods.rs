//! The days, weeks and months of runs, in UTC.

use serde::{Deserialize, Serialize};

/// The periods of which the newest run is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Periods {
    /// How many more periods have a run that is kept.
    left: usize,
    /// The period of the run before.
    last: Option<i64>,
}

impl Periods {
    pub(super) fn new(kept: Option<usize>) -> Self {
        Self {
            left: kept.unwrap_or(0),
            last: None,
        }
    }

    /// Whether a run is the first in its period, and the period is one of those that are kept.
    pub(super) fn is_new(&mut self, period: i64) -> bool {
        if self.left == 0 || self.last == Some(period) {
            return false;
        }
        self.left -= 1;
        self.last = Some(period);
        true
    }
}

/// The day of a second, counted from 1970.
pub(super) fn day(second: i64) -> i64 {
    second.div_euclid(24 * 60 * 60)
}

/// The week of a day. The first day of 1970 was a Thursday, and weeks begin on Monday.
pub(super) fn week(day: i64) -> i64 {
    day.saturating_add(3).div_euclid(7)
}

/// The month of a day, counted in months since the year 0 of the Gregorian calendar.
pub(super) fn month(day: i64) -> i64 {
    // The days since 0000-03-01, in eras of 400 years: 146,097 days each.
    let day = day.saturating_add(719_468);
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // Months from March on: 31, 30, 31, 30, 31 days, again and again.
    let from_march = (5 * of_year + 2) / 153;
    (era * 400 + year) * 12 + from_march + 2
}

#[cfg(test)]
mod tests {
    use super::{Periods, day, month, week};

    #[test]
    fn weeks_begin_on_monday() {
        // 1970-01-05 was a Monday.
        assert_eq!(week(4), week(10));
        assert_ne!(week(3), week(4));
        assert_ne!(week(10), week(11));
    }

    #[test]
    fn every_month_has_its_days() {
        const LENGTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut first = day(0);
        for year in 1970..2405 {
            for (index, length) in (0_i64..).zip(LENGTHS) {
                let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
                let length = length + i64::from(is_leap && index == 1);
                let expected = year * 12 + index;
                assert_eq!(
                    (month(first), month(first + length - 1)),
                    (expected, expected)
                );
                first += length;
            }
        }
        assert_eq!(month(-1), 1969 * 12 + 11);
    }

    #[test]
    fn each_period_keeps_one_run_until_none_is_left() {
        let mut periods = Periods::new(Some(2));
        let kept = [9, 9, 7, 7, 6].map(|period| periods.is_new(period));
        assert_eq!(kept, [true, false, true, false, false]);
    }
}
