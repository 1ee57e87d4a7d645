//! The newest durations of a group.

use std::collections::VecDeque;

/// The number of durations.
const LENGTH: usize = 20;

/// The newest durations of successful runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Trend(VecDeque<Point>);

#[derive(Debug, Clone, Copy)]
struct Point {
    /// In seconds since 1970.
    began: i64,
    /// In milliseconds.
    took: i64,
}

impl Trend {
    /// Adds a run. Of runs that began in the same second, the one that is added last is the newest.
    pub(super) fn add(&mut self, began: i64, took: i64) {
        let place = self.0.partition_point(|point| point.began <= began);
        if self.0.len() < LENGTH {
            self.0.insert(place, Point { began, took });
        } else if place > 0 {
            self.0.pop_front();
            self.0.insert(place - 1, Point { began, took });
        }
    }

    /// The durations in milliseconds, oldest first.
    pub(super) fn durations(&self) -> Vec<i64> {
        self.0.iter().map(|point| point.took).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Trend;

    #[test]
    fn a_trend_has_the_newest_durations_in_the_order_of_their_starts() {
        let mut trend = Trend::default();
        for began in [3, 1, 2, 2] {
            let nth = i64::try_from(trend.durations().len()).expect("few");
            trend.add(began, began * 10 + nth);
        }
        assert_eq!(trend.durations(), [11, 22, 23, 30]);
        for began in 4..=22 {
            trend.add(began, began * 10);
        }
        trend.add(0, 0);
        let newest: Vec<i64> = [30]
            .into_iter()
            .chain((4..=22).map(|began| began * 10))
            .collect();
        assert_eq!(trend.durations(), newest);
    }
}
