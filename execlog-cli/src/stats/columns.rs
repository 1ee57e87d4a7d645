use super::figures::Group;
use crate::moments;

/// A figure of a group, as people and as programs read it.
pub(super) struct Column {
    pub(super) header: &'static str,
    /// Its name in CSV, if it is there.
    pub(super) name: Option<&'static str>,
    /// Only where a line has 120 characters or more.
    pub(super) is_wide: bool,
    pub(super) figure: fn(&Group) -> Figure,
}

pub(super) enum Figure {
    Count(u64),
    Rate(Option<f64>),
    /// In milliseconds.
    Time(Option<i64>),
    Number(Option<f64>),
    Bars(Vec<i64>),
}

impl Figure {
    pub(super) fn for_people(&self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Rate(part) => rate(*part),
            Self::Time(millis) => time(*millis),
            Self::Number(exact) => number(*exact),
            Self::Bars(durations) => sparkline(durations),
        }
    }

    pub(super) fn for_programs(&self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Rate(exact) | Self::Number(exact) => {
                exact.map_or(String::new(), |exact| exact.to_string())
            }
            Self::Time(millis) => millis.map_or(String::new(), |millis| millis.to_string()),
            Self::Bars(_) => String::new(),
        }
    }
}

const fn column(header: &'static str, name: &'static str, figure: fn(&Group) -> Figure) -> Column {
    Column {
        header,
        name: Some(name),
        is_wide: false,
        figure,
    }
}

const fn wide(mut column: Column) -> Column {
    column.is_wide = true;
    column
}

pub(super) const COLUMNS: [Column; 9] = [
    column("RUNS", "runs", |group| Figure::Count(group.runs)),
    column("SUCCESS", "success_rate", |group| {
        Figure::Rate(group.success_rate())
    }),
    column("P50", "p50_ms", |group| Figure::Time(group.percentile(50))),
    column("P95", "p95_ms", |group| Figure::Time(group.percentile(95))),
    wide(column("P99", "p99_ms", |group| {
        Figure::Time(group.percentile(99))
    })),
    column("MAX", "max_ms", |group| Figure::Time(group.max())),
    wide(column("FILES/S", "files_per_second", |group| {
        Figure::Number(group.files_per_second())
    })),
    wide(column("SYMBOLS/S", "symbols_per_second", |group| {
        Figure::Number(group.symbols_per_second())
    })),
    Column {
        header: "TREND",
        name: None,
        is_wide: false,
        figure: |group| Figure::Bars(group.trend()),
    },
];

pub(super) fn time(millis: Option<i64>) -> String {
    millis.map_or(String::new(), moments::millis)
}

pub(super) fn rate(rate: Option<f64>) -> String {
    rate.map_or(String::new(), |rate| format!("{:.1} %", rate * 100.0))
}

pub(super) fn number(number: Option<f64>) -> String {
    number.map_or(String::new(), |number| match number {
        ..10.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    })
}

/// A bar for each duration, the longest the highest.
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
