//! Shows times and durations.

use super::Times;
use jiff::Timestamp;

/// The style in which times are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// As `3 min ago`.
    Relative,
    /// As `2026-11-22 13:30:05`.
    Exact,
    /// As RFC 3339.
    Iso,
}

impl Times {
    pub(crate) fn show(&self, time: Timestamp) -> String {
        let zoned = time.to_zoned(self.zone.clone());
        match self.style {
            Style::Relative => ago(time, self.now),
            Style::Exact => zoned.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            Style::Iso => zoned.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string(),
        }
    }

    /// The exact time, and the time since then.
    pub(crate) fn show_long(&self, time: Timestamp) -> String {
        let zoned = time.to_zoned(self.zone.clone());
        match self.style {
            Style::Iso => self.show(time),
            Style::Relative | Style::Exact => {
                let exact = zoned.strftime("%Y-%m-%d %H:%M:%S%.3f %Z");
                format!("{exact} ({})", ago(time, self.now))
            }
        }
    }
}

/// The time since then, in one unit.
fn ago(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(time.as_second());
    match seconds {
        ..0 => format!("in {}", length(seconds.saturating_neg())),
        0 => "now".to_owned(),
        _ => format!("{} ago", length(seconds)),
    }
}

fn length(seconds: i64) -> String {
    const UNITS: [(i64, &str); 6] = [
        (365 * 86400, "y"),
        (30 * 86400, "mon"),
        (7 * 86400, "wk"),
        (86400, "d"),
        (3600, "h"),
        (60, "min"),
    ];
    // 13 days are clearer than 1 week, and 8 weeks than 1 month.
    let unit = UNITS.into_iter().find(|(unit, name)| match *name {
        "mon" | "wk" => seconds >= 2 * unit,
        _ => seconds >= *unit,
    });
    match unit {
        Some((unit, name)) => format!("{} {name}", seconds / unit),
        None => format!("{seconds} s"),
    }
}

/// A duration with three significant digits.
pub(crate) fn duration(millis: i64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
    let seconds = millis as f64 / 1000.0;
    match millis {
        ..1000 => format!("{millis} ms"),
        1000..10_000 => format!("{seconds:.2} s"),
        10_000..60_000 => format!("{seconds:.1} s"),
        60_000..3_600_000 => format!("{}:{:02} min", millis / 60_000, millis / 1000 % 60),
        _ => format!("{}:{:02} h", millis / 3_600_000, millis / 60_000 % 60),
    }
}

/// A duration with three significant digits, also if it is shorter than a millisecond.
pub(crate) fn microseconds(micros: i64) -> String {
    match micros {
        ..1000 => format!("{micros} µs"),
        1000..100_000 => {
            #[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
            let millis = micros as f64 / 1000.0;
            let digits = if micros < 10_000 { 2 } else { 1 };
            format!("{millis:.digits$} ms")
        }
        _ => duration(micros / 1000),
    }
}

/// A duration that may be up to a second too long.
pub(crate) fn about(millis: i64) -> String {
    format!("~{}", duration(millis))
}

#[cfg(test)]
mod tests {
    use super::{ago, duration, microseconds};
    use jiff::Timestamp;

    #[test]
    fn relative_times_have_one_unit() {
        let now = Timestamp::from_second(1_795_368_717).expect("a time");
        let day = 86400;
        for (seconds, shown) in [
            (-90, "in 1 min"),
            (0, "now"),
            (59, "59 s ago"),
            (60, "1 min ago"),
            (3599, "59 min ago"),
            (7200, "2 h ago"),
            (13 * day, "13 d ago"),
            (14 * day, "2 wk ago"),
            (60 * day, "2 mon ago"),
            (400 * day, "1 y ago"),
        ] {
            let time = Timestamp::from_second(now.as_second() - seconds).expect("a time");
            assert_eq!(ago(time, now), shown);
        }
    }

    #[test]
    fn durations_have_three_significant_digits() {
        for (millis, shown) in [
            (-5, "-5 ms"),
            (438, "438 ms"),
            (1500, "1.50 s"),
            (12_340, "12.3 s"),
            (59_999, "60.0 s"),
            (61_000, "1:01 min"),
            (3_660_000, "1:01 h"),
        ] {
            assert_eq!(duration(millis), shown);
        }
    }

    #[test]
    fn short_durations_have_three_significant_digits() {
        for (micros, shown) in [
            (7, "7 µs"),
            (1500, "1.50 ms"),
            (12_340, "12.3 ms"),
            (438_000, "438 ms"),
            (1_500_000, "1.50 s"),
        ] {
            assert_eq!(microseconds(micros), shown);
        }
    }
}
