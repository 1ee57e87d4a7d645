//! The axis of values, from 0 to a round number.

use super::scale::{Tenths, Y};

/// The most steps between ticks.
const MOST_STEPS: i64 = 4;

const MILLISECOND: i64 = 1000;
const SECOND: i64 = 1000 * MILLISECOND;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

pub(super) struct ValueAxis {
    step: i64,
    top: i64,
    label: fn(i64) -> String,
}

impl ValueAxis {
    /// An axis for numbers up to this one.
    pub(super) fn of_counts(most: i64) -> Self {
        Self::of(most, decimal(1), |count| count.to_string())
    }

    /// An axis for durations up to this one, in microseconds.
    pub(super) fn of_durations(longest: i64) -> Self {
        const IN_SIXTIES: [i64; 7] = [1, 2, 5, 10, 15, 30, 60];
        let short = decimal(1).take_while(|step| *step < SECOND);
        let seconds = IN_SIXTIES.map(|count| count * SECOND).into_iter();
        let minutes = IN_SIXTIES.map(|count| count * MINUTE).into_iter();
        let hours = [2, 3, 6, 12].map(|count| count * HOUR).into_iter();
        let steps = short.chain(seconds).chain(minutes).chain(hours);
        Self::of(longest, steps.chain(decimal(DAY)), duration)
    }

    fn of(most: i64, mut steps: impl Iterator<Item = i64>, label: fn(i64) -> String) -> Self {
        let most = most.max(1);
        let step = steps.find(|step| (most - 1) / step < MOST_STEPS);
        let step = step.unwrap_or(most / MOST_STEPS);
        let top = ((most - 1) / step + 1).saturating_mul(step);
        Self { step, top, label }
    }

    /// Where a value is.
    pub(super) fn at(&self, value: i64) -> Tenths {
        Y.at(value.clamp(0, self.top).into(), self.top.into())
    }

    /// Round values with their labels, from 0 to the top.
    pub(super) fn ticks(&self) -> impl Iterator<Item = (Tenths, String)> {
        let values = (0..=self.top / self.step).map(|index| index.saturating_mul(self.step));
        values.map(|value| (self.at(value), (self.label)(value)))
    }
}

/// 1, 2, 5, 10, 20, 50 … times the unit.
fn decimal(unit: i64) -> impl Iterator<Item = i64> {
    let powers = std::iter::successors(Some(unit), |power| power.checked_mul(10));
    powers.flat_map(|power| {
        [1, 2, 5]
            .into_iter()
            .filter_map(move |digit: i64| power.checked_mul(digit))
    })
}

/// A round duration in its largest unit.
fn duration(micros: i64) -> String {
    const UNITS: [(i64, &str); 5] = [
        (DAY, "d"),
        (HOUR, "h"),
        (MINUTE, "min"),
        (SECOND, "s"),
        (MILLISECOND, "ms"),
    ];
    if micros == 0 {
        return "0".to_owned();
    }
    if micros > SECOND && micros < 10 * SECOND && micros % SECOND != 0 {
        return format!("{}.{} s", micros / SECOND, micros % SECOND * 10 / SECOND);
    }
    let unit = UNITS.into_iter().find(|(unit, _)| micros % unit == 0);
    let (unit, name) = unit.unwrap_or((1, "µs"));
    format!("{} {name}", micros / unit)
}

#[cfg(test)]
mod tests {
    use super::ValueAxis;

    fn labels(axis: &ValueAxis) -> Vec<String> {
        axis.ticks().map(|(_, label)| label).collect()
    }

    #[test]
    fn values_are_round_and_reach_the_largest() {
        for (most, expected) in [
            (0, &["0", "1"][..]),
            (4, &["0", "1", "2", "3", "4"]),
            (5, &["0", "2", "4", "6"]),
            (37, &["0", "10", "20", "30", "40"]),
        ] {
            assert_eq!(labels(&ValueAxis::of_counts(most)), expected);
        }
        for (micros, expected) in [
            (900, &["0", "500 µs", "1 ms"][..]),
            (1_700_000, &["0", "500 ms", "1 s", "1.5 s", "2 s"]),
            (100_000_000, &["0", "30 s", "1 min", "90 s", "2 min"]),
            (7_300_000_000, &["0", "1 h", "2 h", "3 h"]),
        ] {
            assert_eq!(labels(&ValueAxis::of_durations(micros)), expected);
        }
        assert!(ValueAxis::of_durations(i64::MAX).ticks().count() >= 2);
    }
}
