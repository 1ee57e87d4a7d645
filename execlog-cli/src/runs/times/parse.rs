//! Parses times and durations.

use super::{now, zone};
use jiff::civil::{Date, DateTime};
use jiff::{Span, SpanRelativeTo, Timestamp, ToSpan, Unit, Zoned};
use std::time::Duration;

const FORMS: &str = "write a time before now as `2h` or `3d`, a day as `yesterday` or `2026-11-22`, \
     or a time as `2026-11-22 13:30` or `2026-11-22T13:30:00Z`";

/// Parses a time: a time before now, a day, or a time of day. Without an offset it is local.
pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    time_at(text, &now().to_zoned(zone::of_system()))
}

fn time_at(text: &str, now: &Zoned) -> Result<Timestamp, String> {
    let midnight = |day: Date| day.to_zoned(now.time_zone().clone());
    let zoned = match text.trim() {
        "now" => Ok(now.clone()),
        "today" => midnight(now.date()),
        "yesterday" => midnight(now.date().saturating_sub(1.day())),
        text => {
            if let Ok(time) = text.parse::<Timestamp>() {
                return Ok(time);
            }
            if let Ok(before) = text.parse::<Span>() {
                now.checked_sub(before.abs())
            } else if text.ends_with(']') {
                text.parse::<Zoned>()
            } else if text.contains(['T', ' ', ':']) {
                let time = text.parse::<DateTime>();
                time.and_then(|time| time.to_zoned(now.time_zone().clone()))
            } else {
                text.parse::<Date>().and_then(midnight)
            }
        }
    };
    zoned
        .map(|zoned| zoned.timestamp())
        .map_err(|_| FORMS.to_owned())
}

/// Parses a duration, as `500ms`, `2h` or `3d`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let forms = |_| "write a duration as `500ms`, `2s`, `90min`, `2h` or `3d`".to_owned();
    let span: Span = text.trim().parse().map_err(forms)?;
    let days = SpanRelativeTo::days_are_24_hours();
    let time = span.total((Unit::Millisecond, days)).map_err(forms)?;
    Duration::try_from_secs_f64(time / 1000.0)
        .map_err(|_| "a duration cannot be negative".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{duration, time_at};
    use jiff::Zoned;
    use std::time::Duration;

    #[test]
    fn parses_relative_times_days_and_times_of_day() {
        let now: Zoned = "2026-11-22T15:00:00+01:00[Europe/Berlin]"
            .parse()
            .expect("a time");
        let read = |text| time_at(text, &now).expect("a time").to_string();
        for (text, time) in [
            ("2h", "2026-11-22T12:00:00Z"),
            ("3d", "2026-11-19T14:00:00Z"),
            ("1w 2d", "2026-11-13T14:00:00Z"),
            ("2 hours ago", "2026-11-22T12:00:00Z"),
            ("now", "2026-11-22T14:00:00Z"),
            ("today", "2026-11-21T23:00:00Z"),
            ("yesterday", "2026-11-20T23:00:00Z"),
            // Summer time.
            ("2026-10-20", "2026-10-19T22:00:00Z"),
            ("2026-11-20 13:30", "2026-11-20T12:30:00Z"),
            ("2026-11-20T13:30:05", "2026-11-20T12:30:05Z"),
            ("2026-11-20T13:30:05Z", "2026-11-20T13:30:05Z"),
            ("2026-11-20T13", "2026-11-20T12:00:00Z"),
            ("2026-11-20T13:30+09:00[Asia/Tokyo]", "2026-11-20T04:30:00Z"),
        ] {
            assert_eq!(read(text), time, "{text}");
        }
        for text in ["", "soon", "2026-13-01", "12", "h"] {
            assert!(time_at(text, &now).is_err(), "{text}");
        }
    }

    #[test]
    fn a_duration_needs_a_unit() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1h 30min"), Ok(Duration::from_secs(5400)));
        assert_eq!(duration("3d"), Ok(Duration::from_secs(3 * 86400)));
        for text in ["", "5", "-2s", "long"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
