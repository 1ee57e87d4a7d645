//! The charts of the page: how many runs began when, and how long they took.

use super::Point;
use crate::moments;
use crate::stats::{STATUSES, percentile};
use execlog::Status;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use std::ops::Range;

const WIDTH: i64 = 800;
const HEIGHT: i64 = 180;

/// Where the drawing is, within the labels around it.
const LEFT: i64 = 92;
const TOP: i64 = 8;
const BOTTOM: i64 = HEIGHT - 24;

/// Into how many stretches the time is cut.
const STRETCHES: i64 = 60;

/// How many runs are drawn one by one, the newest.
const DOTS: usize = 2000;

/// The time that the charts go over, in milliseconds since 1970.
pub(super) fn time(points: &[Point]) -> Option<Range<i64>> {
    let first = points.iter().map(|point| point.began).min()?;
    let last = points.iter().map(|point| point.began).max()?;
    // A moment still has a width.
    Some(first..last.saturating_add(1))
}

/// How many runs began when, by what became of them.
pub(super) fn timeline(points: &[Point], time: &Range<i64>, zone: &TimeZone) -> Markup {
    let mut stretches = vec![[0_i64; STATUSES.len()]; usize_of(STRETCHES)];
    for point in points {
        let place = STATUSES.iter().position(|status| *status == point.status);
        if let Some(place) = place {
            stretches[stretch(point.began, time)][place] += 1;
        }
    }
    let most = stretches.iter().map(|counts| counts.iter().sum::<i64>());
    let most = most.max().unwrap_or(0).max(1);
    let width = (WIDTH - LEFT) / STRETCHES;
    chart(
        "Runs over time, by what became of them",
        time,
        zone,
        &html! {
            text.label x=(LEFT - 6) y=(TOP + 10) text-anchor="end" { (most) }
            text.label x=(LEFT - 6) y=(BOTTOM) text-anchor="end" { "0" }
            @for (index, counts) in (0_i64..).zip(&stretches) {
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

/// How long runs took, and how half of them and most of them did.
pub(super) fn durations(points: &[Point], time: &Range<i64>, zone: &TimeZone) -> Markup {
    let ended = points.iter().filter_map(|point| Some((point, point.took?)));
    let ended: Vec<_> = ended.collect();
    let longest = ended
        .iter()
        .map(|(_, took)| *took)
        .max()
        .unwrap_or(0)
        .max(1);
    let mut stretches = vec![Vec::new(); usize_of(STRETCHES)];
    for (point, took) in &ended {
        stretches[stretch(point.began, time)].push(*took);
    }
    for stretch in &mut stretches {
        stretch.sort_unstable();
    }
    let others = ended.len().saturating_sub(DOTS);
    chart(
        "How long runs took, over time",
        time,
        zone,
        &html! {
            text.label x=(LEFT - 6) y=(TOP + 10) text-anchor="end" { (moments::millis(longest)) }
            text.label x=(LEFT - 6) y=(BOTTOM) text-anchor="end" { "0" }
            @for (point, took) in &ended[others..] {
                circle class=(point.status.as_str()) cx=(across(point.began, time))
                    cy=(BOTTOM - scaled(*took, longest)) r="3" {
                    title { (point.status) ", " (moments::millis(*took)) }
                }
            }
            @for (hundredths, name) in [(50, "p50"), (95, "p95")] {
                polyline class=(name) points=(line(&stretches, hundredths, longest)) {
                    title { (name) }
                }
            }
        },
    )
}

/// What the colours of the charts mean.
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

/// The points of a line through what so many hundredths of the runs of each stretch did not exceed.
fn line(stretches: &[Vec<i64>], hundredths: usize, longest: i64) -> String {
    let width = (WIDTH - LEFT) / STRETCHES;
    let points = (0_i64..).zip(stretches).filter_map(|(index, stretch)| {
        let took = percentile(stretch, hundredths)?;
        let (x, y) = (
            LEFT + index * width + width / 2,
            BOTTOM - scaled(took, longest),
        );
        Some(format!("{x},{y}"))
    });
    points.collect::<Vec<_>>().join(" ")
}

fn stretch(began: i64, time: &Range<i64>) -> usize {
    usize_of(part_of_time(began, time, STRETCHES).min(STRETCHES - 1))
}

fn across(began: i64, time: &Range<i64>) -> i64 {
    LEFT + part_of_time(began, time, WIDTH - LEFT)
}

/// The part of `of` at which a run stands that began then. Times are whatever is stored, so that the
/// difference of two may be more than an `i64` holds.
fn part_of_time(began: i64, time: &Range<i64>, of: i64) -> i64 {
    let since_start = |moment: i64| i128::from(moment) - i128::from(time.start);
    part(since_start(began), since_start(time.end), of)
}

fn scaled(value: i64, most: i64) -> i64 {
    part(value.into(), most.into(), BOTTOM - TOP)
}

/// The same part of `of` that `value` is of `whole`.
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
