//! The figures of a group that every format shows, in one list.

use super::figures::Group;
use crate::output::values::size;
use crate::runs::times::show;
use serde_json::Value;

/// A figure of a group of runs.
pub(super) struct Column {
    /// The header in a table.
    pub(super) header: &'static str,
    /// The name in JSON and in CSV.
    pub(super) name: &'static str,
    pub(super) figure: Figure,
    /// Whether a table has it only if the screen is wide.
    pub(super) is_wide: bool,
    /// Whether `--against` compares it.
    pub(super) is_compared: bool,
    /// Whether it needs the cost of the runs.
    is_cost: bool,
}

/// The kind of a figure, and how to get it from a group.
pub(super) enum Figure {
    Count(fn(&Group) -> u64),
    /// A proportion from 0 to 1.
    Rate(fn(&Group) -> Option<f64>),
    /// Milliseconds.
    Duration(fn(&Group) -> Option<i64>),
    PerSecond(fn(&Group) -> Option<f64>),
    /// Milliseconds of CPU time.
    CpuTime(fn(&Group) -> Option<i64>),
    Bytes(fn(&Group) -> Option<i64>),
    /// Several durations in milliseconds.
    Trend(fn(&Group) -> Vec<i64>),
}

static COLUMNS: [Column; 11] = [
    column("RUNS", "runs", Figure::Count(|group| group.runs)).compared(),
    column("SUCCESS", "success_rate", Figure::Rate(Group::success_rate)).compared(),
    column("P50", "p50_ms", Figure::Duration(Group::median)).compared(),
    column(
        "P95",
        "p95_ms",
        Figure::Duration(|group| group.percentile(95)),
    ),
    column(
        "P99",
        "p99_ms",
        Figure::Duration(|group| group.percentile(99)),
    )
    .wide(),
    column("MAX", "max_ms", Figure::Duration(Group::max)),
    column(
        "FILES/S",
        "files_per_second",
        Figure::PerSecond(Group::files_per_second),
    )
    .wide(),
    column(
        "SYMBOLS/S",
        "symbols_per_second",
        Figure::PerSecond(Group::symbols_per_second),
    )
    .wide(),
    column(
        "CPU P50",
        "cpu_p50_ms",
        Figure::CpuTime(|group| group.costs.cpu_time()),
    )
    .cost(),
    column(
        "MEMORY P50",
        "peak_memory_p50_bytes",
        Figure::Bytes(|group| group.costs.memory()),
    )
    .cost(),
    column("TREND", "trend_ms", Figure::Trend(Group::trend)),
];

/// The columns, with those of the cost only if the runs were read with it.
pub(super) fn columns(has_cost: bool) -> impl Iterator<Item = &'static Column> + Clone {
    COLUMNS
        .iter()
        .filter(move |column| has_cost || !column.is_cost)
}

const fn column(header: &'static str, name: &'static str, figure: Figure) -> Column {
    Column {
        header,
        name,
        figure,
        is_wide: false,
        is_compared: false,
        is_cost: false,
    }
}

impl Column {
    const fn wide(mut self) -> Self {
        self.is_wide = true;
        self
    }

    const fn compared(mut self) -> Self {
        self.is_compared = true;
        self
    }

    const fn cost(mut self) -> Self {
        self.is_cost = true;
        self
    }

    /// Whether it has a figure for one of the groups, or is one that every table has.
    pub(super) fn is_known<'a>(&self, groups: impl IntoIterator<Item = &'a Group>) -> bool {
        let mut groups = groups.into_iter();
        let may_be_unknown = self.is_cost || matches!(self.figure, Figure::PerSecond(_));
        !may_be_unknown || groups.any(|group| !self.figure.to_json(group).is_null())
    }

    /// Whether the figure is a number, not a list.
    pub(super) fn is_number(&self) -> bool {
        !matches!(self.figure, Figure::Trend(_))
    }
}

impl Figure {
    /// Rounded text with units. Empty if the group has no such figure.
    pub(super) fn for_people(&self, group: &Group) -> String {
        match self {
            Self::Count(count) => count(group).to_string(),
            Self::Rate(rate) => shown(rate(group), self::rate),
            Self::Duration(millis) if group.is_approximate => shown(millis(group), show::about),
            Self::Duration(millis) | Self::CpuTime(millis) => shown(millis(group), show::duration),
            Self::Bytes(bytes) => shown(bytes(group), size),
            Self::PerSecond(speed) => shown(speed(group), per_second),
            Self::Trend(durations) => sparkline(&durations(group)),
        }
    }

    /// The exact figure as text. Empty if the group has no such figure.
    pub(super) fn for_programs(&self, group: &Group) -> String {
        match self {
            Self::Rate(exact) | Self::PerSecond(exact) => {
                shown(exact(group), |exact| exact.to_string())
            }
            Self::Duration(number) | Self::CpuTime(number) | Self::Bytes(number) => {
                shown(number(group), |number| number.to_string())
            }
            Self::Count(_) | Self::Trend(_) => self.to_json(group).to_string(),
        }
    }

    pub(super) fn to_json(&self, group: &Group) -> Value {
        match self {
            Self::Count(count) => count(group).into(),
            Self::Rate(exact) | Self::PerSecond(exact) => exact(group).into(),
            Self::Duration(number) | Self::CpuTime(number) | Self::Bytes(number) => {
                number(group).into()
            }
            Self::Trend(durations) => durations(group).into(),
        }
    }
}

fn shown<T>(figure: Option<T>, show: impl FnOnce(T) -> String) -> String {
    figure.map_or(String::new(), show)
}

/// A proportion as a percentage.
pub(super) fn rate(rate: f64) -> String {
    format!("{:.1} %", rate * 100.0)
}

/// A number per second with two or more significant digits.
pub(super) fn per_second(number: f64) -> String {
    match number {
        ..10.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

/// A bar for each duration. The longest duration has the highest bar.
fn sparkline(durations: &[i64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let longest = durations.iter().copied().max().unwrap_or(0).max(1);
    let bar = |took: &i64| {
        let height = i128::from((*took).clamp(0, longest)) * 7 / i128::from(longest);
        BARS[usize::try_from(height).unwrap_or(0).min(7)]
    };
    durations.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::sparkline;

    #[test]
    fn a_sparkline_has_a_bar_for_each_duration() {
        assert_eq!(sparkline(&[0, 50, 100]), "▁▄█");
        assert_eq!(sparkline(&[0]), "▁");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[i64::MAX, -1]), "█▁");
    }
}
