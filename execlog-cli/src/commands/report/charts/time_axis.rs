//! The time axis: intervals of a round length that begin at round times of the user's zone, and the ticks.

use super::scale::{Tenths, X};
use super::step::{DAY, MINUTE, STEPS, Step};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The most intervals that are shorter than a day.
const MOST_SHORT: i128 = 72;

/// The most other intervals. A year of days is not joined to weeks, so that a day without runs is seen.
const MOST_DAYS: i128 = 366;

/// The most ticks.
const MOST_TICKS: i128 = 6;

/// The time of all charts of a page.
pub(in super::super) struct TimeAxis {
    /// The borders of the intervals in milliseconds since 1970, one more than there are intervals.
    edges: Vec<i64>,
    step: Step,
    zone: TimeZone,
}

impl TimeAxis {
    /// An axis from the first to the last of these times.
    pub(in super::super) fn of(
        times: impl Iterator<Item = i64> + Clone,
        zone: &TimeZone,
    ) -> Option<Self> {
        let first = times.clone().min()?;
        let last = times.max()?;
        let whole = i128::from(last) - i128::from(first);
        let step = STEPS.into_iter().find(|step| {
            let most = match step {
                Step::Millis(_) => MOST_SHORT,
                _ => MOST_DAYS,
            };
            *step != Step::Days(2) && whole / i128::from(step.millis()) < most
        });
        let known = step.and_then(|step| Some((step, step.times(first, last, zone)?)));
        let (step, edges) = known.unwrap_or_else(|| {
            // Stored times may be any `i64`, and are not all in a calendar.
            let step = i64::try_from(whole / MOST_SHORT + 1).unwrap_or(i64::MAX);
            let edge = |index: i128| {
                let edge = i128::from(first) + index * i128::from(step);
                i64::try_from(edge).unwrap_or(i64::MAX)
            };
            (Step::Millis(step), (0..=MOST_SHORT).map(edge).collect())
        });
        Some(Self {
            edges,
            step,
            zone: zone.clone(),
        })
    }

    /// The number of intervals.
    pub(super) fn intervals(&self) -> usize {
        self.edges.len() - 1
    }

    /// The interval of a time.
    pub(super) fn interval(&self, time: i64) -> usize {
        let after = self.edges.partition_point(|edge| *edge <= time);
        after.saturating_sub(1).min(self.intervals() - 1)
    }

    /// Where an interval begins and ends.
    pub(super) fn borders(&self, interval: usize) -> (Tenths, Tenths) {
        (
            self.at(self.edges[interval]),
            self.at(self.edges[interval + 1]),
        )
    }

    /// Where a time is.
    pub(super) fn at(&self, time: i64) -> Tenths {
        let (first, last) = (self.edges[0], self.edges[self.intervals()]);
        X.at(
            i128::from(time) - i128::from(first),
            i128::from(last) - i128::from(first),
        )
    }

    /// Whether a line may join two intervals with runs, where these are the last run of one and the first of the
    /// other. It must not cross a day without runs, unless neighbouring intervals are longer than a day.
    pub(super) fn may_join(&self, last: i64, first: i64) -> bool {
        let step = self.step.millis();
        let are_neighbours = self.interval(last) + 1 == self.interval(first);
        let is_next_day = match (self.date(last), self.date(first)) {
            (Some(last), Some(first)) => last.tomorrow().is_ok_and(|next| first <= next),
            _ => false,
        };
        is_next_day || step > DAY && are_neighbours && first.saturating_sub(last) <= step
    }

    fn date(&self, millis: i64) -> Option<Date> {
        let time = Timestamp::from_millisecond(millis).ok()?;
        Some(time.to_zoned(self.zone.clone()).date())
    }

    /// The length of an interval, as `day` or `6 hours`.
    pub(in super::super) fn step(&self) -> String {
        self.step.name()
    }

    /// The time of an interval, for its tooltip.
    pub(super) fn name(&self, interval: usize) -> String {
        let from = self.edges[interval];
        match self.step {
            Step::Millis(_) => self.time(from, "%Y-%m-%d %H:%M:%S"),
            Step::Days(_) => self.time(from, "%A, %Y-%m-%d"),
            Step::Weeks(_) | Step::Months(_) => {
                format!("{} from {}", self.step(), self.time(from, "%Y-%m-%d"))
            }
        }
    }

    /// The first and the last day.
    pub(in super::super) fn days(&self) -> (String, String) {
        let last = self.edges[self.intervals()].saturating_sub(1);
        let day = |time| self.time(time, "%Y-%m-%d");
        (day(self.edges[0]), day(last))
    }

    /// The time of a run, for its tooltip.
    pub(super) fn moment(&self, time: i64) -> String {
        self.time(time, "%Y-%m-%d %H:%M:%S")
    }

    /// Round times with their labels.
    pub(super) fn ticks(&self) -> Vec<(Tenths, String)> {
        let (first, last) = (self.edges[0], self.edges[self.intervals()]);
        let whole = i128::from(last) - i128::from(first);
        let steps = STEPS.into_iter();
        let mut steps = steps.filter(|step| whole / i128::from(step.millis()) <= MOST_TICKS);
        let Some((step, times)) =
            steps.find_map(|step| Some((step, step.times(first, last, &self.zone)?)))
        else {
            return Vec::new();
        };
        let times = times
            .into_iter()
            .filter(|time| (first..=last).contains(time));
        let label = |time| {
            let is_midnight = self.time(time, "%H%M%S") == "000000";
            let format = match step {
                Step::Millis(_) if is_midnight => "%b %-d",
                Step::Millis(step) if step < MINUTE => "%H:%M:%S",
                Step::Millis(_) => "%H:%M",
                Step::Days(_) | Step::Weeks(_) => "%b %-d",
                Step::Months(months) if months % 12 == 0 => "%Y",
                // The year in place of January keeps the labels short.
                Step::Months(_) if self.time(time, "%m") == "01" => "%Y",
                Step::Months(_) => "%b",
            };
            (self.at(time), self.time(time, format))
        };
        times.map(label).collect()
    }

    fn time(&self, millis: i64, format: &str) -> String {
        match Timestamp::from_millisecond(millis) {
            Ok(time) => {
                let time = time.to_zoned(self.zone.clone());
                time.strftime(format).to_string()
            }
            Err(_) => format!("{millis} ms since 1970"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, TimeAxis};
    use crate::commands::report::charts::step::HOUR;
    use jiff::tz::TimeZone;

    /// 2026-11-14, a Saturday.
    const START: i64 = 1_794_614_400_000;

    fn axis(last: i64) -> TimeAxis {
        TimeAxis::of([START + 12 * HOUR, last].into_iter(), &TimeZone::UTC).expect("an axis")
    }

    #[test]
    fn intervals_are_round_and_cover_all_times() {
        for (days, step, first) in [
            (0, "second", "2026-11-14"),
            (1, "30 minutes", "2026-11-14"),
            (20, "12 hours", "2026-11-14"),
            (100, "day", "2026-11-14"),
            (400, "week", "2026-11-09"),
            (4000, "2 weeks", "2026-11-09"),
            (40000, "6 months", "2026-07-01"),
        ] {
            let last = START + 12 * HOUR + days * DAY;
            let axis = axis(last);
            assert_eq!(
                (axis.step().as_str(), axis.days().0.as_str()),
                (step, first)
            );
            assert!(axis.edges[0] <= START + 12 * HOUR);
            assert!(axis.edges[axis.intervals()] > last);
            let ticks = axis.ticks().len();
            assert!((1..=7).contains(&ticks), "{days} days: {ticks} ticks");
        }
    }

    #[test]
    fn days_follow_the_zone_when_its_clocks_change() {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        // 2026-10-20 and 2026-11-30, with the end of summer time between them.
        let times = [1_792_447_200_000, 1_796_000_000_000];
        let axis = TimeAxis::of(times.into_iter(), &zone).expect("an axis");
        for interval in 0..axis.intervals() {
            assert_eq!(axis.time(axis.edges[interval], "%H:%M"), "00:00");
        }
    }

    #[test]
    fn a_line_does_not_cross_a_day_without_runs() {
        for days in [1, 20, 100] {
            let axis = axis(START + days * DAY);
            let evening = START + 23 * HOUR;
            assert!(axis.may_join(START, START + DAY), "one day and the next");
            assert!(
                axis.may_join(evening, START + 2 * DAY - 1),
                "the end of the next day"
            );
            assert!(
                !axis.may_join(evening, START + 2 * DAY),
                "a day lies between"
            );
        }
        let weeks = axis(START + 400 * DAY);
        assert!(weeks.may_join(START, START + 4 * DAY), "neighbouring weeks");
        assert!(!weeks.may_join(START, START + 14 * DAY));
    }

    #[test]
    fn any_stored_time_has_an_axis() {
        let axis = TimeAxis::of([i64::MIN, i64::MAX].into_iter(), &TimeZone::UTC).expect("an axis");
        assert_eq!(axis.interval(i64::MIN), 0);
        assert_eq!(axis.interval(i64::MAX), axis.intervals() - 1);
        assert!(axis.ticks().is_empty());
        assert!(TimeAxis::of(std::iter::empty(), &TimeZone::UTC).is_none());
    }
}
