//! The charts of the page: runs over time by outcome, and durations over time.

use super::Point;
use crate::commands::stats::figures::percentile;
use crate::runs::statuses::STATUSES;
use crate::runs::times::show;
use execlog::Status;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use std::ops::Range;

const WIDTH: i64 = 800;
const HEIGHT: i64 = 180;

/// The area of the drawing, without the labels around it.
const LEFT: i64 = 92;
const TOP: i64 = 8;
const BOTTOM: i64 = HEIGHT - 24;

/// The number of intervals into which the time is divided.
const INTERVALS: i64 = 60;

/// The most runs that are drawn as dots, the newest.
const DOTS: usize = 2000;

/// The time range of the charts, in milliseconds since 1970.
pub(super) fn time(points: &[Point]) -> Option<Range<i64>> {
    let first = points.iter().map(|point| point.began).min()?;
    let last = points.iter().map(|point| point.began).max()?;
    // The range is never empty.
    Some(first..last.saturating_add(1))
}

/// The number of runs that began in each interval, by status.
pub(super) fn timeline(points: &[Point], time: &Range<i64>, zone: &TimeZone) -> Markup {
    let mut intervals = vec![[0_i64; STATUSES.len()]; usize_of(INTERVALS)];
    for point in points {
        let place = STATUSES.iter().position(|status| *status == point.status);
        if let Some(place) = place {
            intervals[interval(point.began, time)][place] += 1;
        }
    }
    let most = intervals.iter().map(|counts| counts.iter().sum::<i64>());
    let most = most.max().unwrap_or(0).max(1);
    let width = (WIDTH - LEFT) / INTERVALS;
    chart(
        "Runs over time by status",
        time,
        zone,
        &html! {
            text.label x=(LEFT - 6) y=(TOP + 10) text-anchor="end" { (most) }
            text.label x=(LEFT - 6) y=(BOTTOM) text-anchor="end" { "0" }
            @for (index, counts) in (0_i64..).zip(&intervals) {
                @let mut below = 0;
                @for (status, count) in STATUSES.iter().zip(counts).filter(|(_, count)| **count > 0) {
                    @let height = scaled(*count, most).max(1);
                    @let top = BOTTOM - scaled(below, most) - height;
                    rect class=(status.as_str()) x=(LEFT + index * width) y=(top)
                        width=(width - 1) height=(height) {
                        title { (count) " " (status) }
                    }
                    @let () = below += count;
                }
            }
        },
    )
}

/// The duration of each run, with the median and the 95th percentile of each interval.
pub(super) fn durations(points: &[Point], time: &Range<i64>, zone: &TimeZone) -> Markup {
    let ended = points.iter().filter_map(|point| Some((point, point.took?)));
    let ended: Vec<_> = ended.collect();
    let longest = ended
        .iter()
        .map(|(_, took)| *took)
        .max()
        .unwrap_or(0)
        .max(1);
    let mut intervals = vec![Vec::new(); usize_of(INTERVALS)];
    for (point, took) in &ended {
        intervals[interval(point.began, time)].push(*took);
    }
    for interval in &mut intervals {
        interval.sort_unstable();
    }
    let others = ended.len().saturating_sub(DOTS);
    chart(
        "Durations of runs over time",
        time,
        zone,
        &html! {
            text.label x=(LEFT - 6) y=(TOP + 10) text-anchor="end" { (show::duration(longest)) }
            text.label x=(LEFT - 6) y=(BOTTOM) text-anchor="end" { "0" }
            @for (point, took) in &ended[others..] {
                circle class=(point.status.as_str()) cx=(across(point.began, time))
                    cy=(BOTTOM - scaled(*took, longest)) r="3" {
                    title { (point.status) ", " (show::duration(*took)) }
                }
            }
            @for (percent, name) in [(50, "p50"), (95, "p95")] {
                polyline class=(name) points=(line(&intervals, percent, longest)) {
                    title { (name) }
                }
            }
        },
    )
}

/// The colours of the statuses.
pub(super) fn legend(points: &[Point]) -> Markup {
    let count = |status: Status| points.iter().filter(|point| point.status == status).count();
    html! {
        ul.legend {
            @for status in STATUSES {
                @let count = count(status);
                @if count > 0 {
                    li { span.swatch.(status.as_str()) {} (count) " " (status) }
                }
            }
        }
    }
}

fn chart(name: &str, time: &Range<i64>, zone: &TimeZone, drawing: &Markup) -> Markup {
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(name) {
            line.axis x1=(LEFT) y1=(BOTTOM) x2=(WIDTH) y2=(BOTTOM) {}
            text.label x=(LEFT) y=(HEIGHT - 6) { (day(time.start, zone)) }
            text.label x=(WIDTH) y=(HEIGHT - 6) text-anchor="end" { (day(time.end - 1, zone)) }
            (drawing)
        }
    }
}

/// The points of a line through the given percentile of each interval.
fn line(intervals: &[Vec<i64>], percent: usize, longest: i64) -> String {
    let width = (WIDTH - LEFT) / INTERVALS;
    let points = (0_i64..).zip(intervals).filter_map(|(index, interval)| {
        let took = percentile(interval, percent)?;
        let (x, y) = (
            LEFT + index * width + width / 2,
            BOTTOM - scaled(took, longest),
        );
        Some(format!("{x},{y}"))
    });
    points.collect::<Vec<_>>().join(" ")
}

fn interval(began: i64, time: &Range<i64>) -> usize {
    usize_of(part_of_time(began, time, INTERVALS).min(INTERVALS - 1))
}

fn across(began: i64, time: &Range<i64>) -> i64 {
    LEFT + part_of_time(began, time, WIDTH - LEFT)
}

/// The position of a time on an axis of length `of`. Stored times may be any `i64`, so their difference may
/// not fit into one.
fn part_of_time(began: i64, time: &Range<i64>, of: i64) -> i64 {
    let since_start = |millis: i64| i128::from(millis) - i128::from(time.start);
    part(since_start(began), since_start(time.end), of)
}

fn scaled(value: i64, most: i64) -> i64 {
    part(value.into(), most.into(), BOTTOM - TOP)
}

/// `of * value / whole`, without overflow.
fn part(value: i128, whole: i128, of: i64) -> i64 {
    i64::try_from(value * i128::from(of) / whole.max(1)).unwrap_or(of)
}

fn usize_of(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

fn day(millis: i64, zone: &TimeZone) -> String {
    match Timestamp::from_millisecond(millis) {
        Ok(time) => time
            .to_zoned(zone.clone())
            .strftime("%Y-%m-%d %H:%M")
            .to_string(),
        Err(_) => format!("{millis} ms"),
    }
}
