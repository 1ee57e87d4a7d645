//! Finds commands that have become slower, or need more CPU time or memory.

use super::percentile::percentile;
use crate::output::values::size;
use crate::runs::times::show;
use clap::ValueEnum;
use std::str::FromStr;

/// How many of the last runs must all be slower.
const IN_A_ROW: usize = 3;

/// A percentage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Percent(f64);

impl FromStr for Percent {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.trim().trim_end_matches('%').trim_end();
        let number: Result<f64, _> = number.parse();
        let number = number
            .ok()
            .filter(|number| number.is_finite() && *number >= 0.0);
        number.map(Self).ok_or("write a percentage as `25%`")
    }
}

/// What regressions are sought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measure {
    /// How long the runs took
    Duration,
    /// Their CPU time
    Cpu,
    /// Their peak memory
    Memory,
}

impl Measure {
    pub(super) fn is_of_cost(self) -> bool {
        self != Self::Duration
    }

    /// The name in JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Duration => "duration",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
        }
    }

    /// The unit in names in JSON.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Duration | Self::Cpu => "ms",
            Self::Memory => "bytes",
        }
    }

    fn for_people(self, measured: i64) -> String {
        match self {
            Self::Duration | Self::Cpu => show::duration(measured),
            Self::Memory => size(measured),
        }
    }
}

/// A command that has become slower, or needs more.
#[derive(Debug, PartialEq)]
pub(super) struct Slower {
    pub(super) name: String,
    /// The median of the runs before, in milliseconds or bytes.
    pub(super) before: i64,
    /// The measure of the last runs, oldest first.
    pub(super) last: Vec<i64>,
}

impl Slower {
    /// One sentence, whose name is not escaped.
    pub(super) fn for_people(&self, measure: Measure) -> String {
        let change = match measure {
            Measure::Duration => "has become slower",
            Measure::Cpu => "needs more CPU time",
            Measure::Memory => "needs more memory",
        };
        let last = self.last.iter().map(|last| measure.for_people(*last));
        let last: Vec<_> = last.collect();
        format!(
            "{} {change}: the last runs took {}; the median before was {}",
            self.name,
            last.join(", "),
            measure.for_people(self.before)
        )
    }
}

/// Says that no command has enough runs to be compared. `None` if one has.
pub(super) fn nothing_to_compare<'a>(
    mut durations: impl Iterator<Item = (&'a String, Vec<i64>)>,
    measure: Measure,
) -> Option<String> {
    let which = match measure {
        Measure::Duration => "successful runs whose durations can be compared",
        Measure::Cpu => "successful runs with a CPU time",
        Measure::Memory => "successful runs with a peak memory",
    };
    let has_enough = durations.any(|(_, durations)| durations.len() > IN_A_ROW);
    let least = IN_A_ROW + 1;
    (!has_enough)
        .then(|| format!("nothing to compare for a regression: no command has {least} {which}"))
}

/// The commands whose last three runs all measure more than the median of the runs before, by this percentage.
/// Takes the measures of successful runs only, because a failed run may have done less.
pub(super) fn slower<'a>(
    durations: impl Iterator<Item = (&'a String, Vec<i64>)>,
    percent: Percent,
) -> Vec<Slower> {
    let slower = durations.filter_map(|(name, durations)| {
        let others = durations.len().checked_sub(IN_A_ROW)?;
        let (before, last) = durations.split_at(others);
        let mut before = before.to_vec();
        before.sort_unstable();
        let before = percentile(&before, 50)?;
        #[allow(
            clippy::cast_precision_loss,
            reason = "durations and sizes are far below 2^52"
        )]
        let bound = before.max(1) as f64 * (1.0 + percent.0 / 100.0);
        #[allow(
            clippy::cast_precision_loss,
            reason = "durations and sizes are far below 2^52"
        )]
        let is_slower = |took: &i64| *took as f64 > bound;
        last.iter().all(is_slower).then(|| Slower {
            name: name.clone(),
            before,
            last: last.to_vec(),
        })
    });
    slower.collect()
}

/// The change of a duration in percent. `None` if it was 0.
pub(super) fn change(now: i64, before: i64) -> Option<f64> {
    #[allow(clippy::cast_precision_loss, reason = "a few digits are shown")]
    let change = (before > 0).then(|| (now as f64 / before as f64 - 1.0) * 100.0);
    change
}

#[cfg(test)]
mod tests {
    use super::{Percent, Slower, slower};

    fn found(newest_last: &[i64], percent: &str) -> Vec<Slower> {
        let name = "index".to_owned();
        let percent: Percent = percent.parse().expect("a percentage");
        slower(std::iter::once((&name, newest_last.to_vec())), percent)
    }

    #[test]
    fn three_slower_runs_in_a_row_are_found() {
        let index = |last: [i64; 3]| Slower {
            name: "index".to_owned(),
            before: 100,
            last: last.to_vec(),
        };
        let before = [100, 90, 110, 100];
        let runs = |last: [i64; 3]| [&before, &last[..]].concat();
        assert_eq!(
            found(&runs([126, 130, 128]), "25%"),
            [index([126, 130, 128])]
        );
        assert_eq!(
            found(&runs([126, 125, 128]), "25%"),
            [],
            "one of three is not slower"
        );
        assert_eq!(found(&runs([126, 130, 128]), "30 %"), []);
        assert_eq!(
            found(&[200, 200, 200], "25"),
            [],
            "there are no runs before"
        );
        assert_eq!(found(&[], "25"), []);
    }

    #[test]
    fn a_percentage_is_a_finite_number_that_is_not_negative() {
        for text in ["", "%", "-5%", "NaN", "much"] {
            assert!(text.parse::<Percent>().is_err(), "{text}");
        }
    }
}
