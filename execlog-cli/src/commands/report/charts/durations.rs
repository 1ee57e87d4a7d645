//! The duration of each run, with the median and the 95th percentile of each interval.

use super::frame;
use super::scale::Tenths;
use super::time_axis::TimeAxis;
use super::value_axis::ValueAxis;
use crate::commands::report::points::{Point, Points};
use crate::commands::stats::percentile::percentile;
use crate::output::printable::printable;
use crate::runs::statuses::STATUSES;
use crate::runs::times::show;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The most runs that have a dot each. More share the dots of a grid.
const DOTS: usize = 2000;

/// The size of a field of the grid.
const FIELD: i64 = 50;

/// A run that ended, and its duration in milliseconds.
type Ended<'a> = (&'a Point, i64);

pub(super) fn section(runs: &[&Point], points: &Points, time: &TimeAxis) -> Markup {
    let ended = runs.iter().filter_map(|run| Some((*run, run.took?)));
    let ended: Vec<Ended> = ended.collect();
    let longest = ended.iter().map(|(_, took)| micros(*took)).max();
    let values = ValueAxis::of_durations(longest.unwrap_or(0));
    let (dots, smallest) = if ended.len() <= DOTS {
        let dots = ended.iter().map(|run| vec![*run]);
        (dots.collect(), Tenths(30))
    } else {
        (binned(&ended, time, &values), Tenths(20))
    };
    let lines = [("p50", 50), ("p95", 95)]
        .map(|(name, percent)| (name, lines(&ended, percent, time, &values)));
    let chart = frame::chart(
        "Durations of runs over time",
        time,
        &values,
        &html! {
            @for runs in &dots {
                (dot(runs, smallest, points, time, &values))
            }
            @for (name, lines) in &lines {
                @for line in lines {
                    polyline class=(name) points=(line) {
                        title { (name) " of each " (time.step()) }
                    }
                }
            }
        },
    );
    html! {
        section {
            h2 { "Durations" }
            @if dots.len() == ended.len() {
                p { "Each dot is a run that ended. Point at it for its id." }
            } @else {
                p {
                    "The " (ended.len()) " runs that ended, in " (dots.len()) " dots: runs with the same status that began and \
                     took about the same share one, which is larger the more they are. Point at it for their number."
                }
            }
            (chart)
            ul.legend {
                li { span.swatch.p50 {} "median (p50) of each " (time.step()) }
                li { span.swatch.p95 {} "95th percentile (p95)" }
            }
        }
    }
}

/// The runs by status and by the field of a grid that they are in.
fn binned<'a>(ended: &[Ended<'a>], time: &TimeAxis, values: &ValueAxis) -> Vec<Vec<Ended<'a>>> {
    let mut fields: BTreeMap<_, Vec<Ended>> = BTreeMap::new();
    for (run, took) in ended {
        let status = STATUSES.iter().position(|status| *status == run.status);
        let (x, y) = (time.at(run.began), values.at(micros(*took)));
        let field = (status, x.0 / FIELD, y.0 / FIELD);
        fields.entry(field).or_default().push((run, *took));
    }
    fields.into_values().collect()
}

/// A dot in the middle of these runs, which have the same status.
fn dot(
    runs: &[Ended],
    smallest: Tenths,
    points: &Points,
    time: &TimeAxis,
    values: &ValueAxis,
) -> Markup {
    let Some((first, took)) = runs.first() else {
        return html! {};
    };
    let middle = |places: &mut dyn Iterator<Item = Tenths>| {
        let (least, most) = places.fold((i64::MAX, i64::MIN), |(least, most), place| {
            (least.min(place.0), most.max(place.0))
        });
        Tenths(i64::midpoint(least, most))
    };
    let x = middle(&mut runs.iter().map(|(run, _)| time.at(run.began)));
    let y = middle(&mut runs.iter().map(|(_, took)| values.at(micros(*took))));
    let tooltip = if runs.len() == 1 {
        format!(
            "{}, {}, {}, {}, {}",
            printable(points.commands.name(first.command)),
            first.status,
            show::duration(*took),
            time.moment(first.began),
            printable(&first.execution_id)
        )
    } else {
        let began = runs.iter().map(|(run, _)| run.began);
        let (from, to) = (began.clone().min(), began.max());
        let took = runs.iter().map(|(_, took)| *took);
        let (least, most) = (took.clone().min(), took.max());
        format!(
            "{} {} runs, {} to {}, {} to {}",
            runs.len(),
            first.status,
            show::duration(least.unwrap_or(0)),
            show::duration(most.unwrap_or(0)),
            time.moment(from.unwrap_or(0)),
            time.moment(to.unwrap_or(0))
        )
    };
    // With a grid: 2 units for a run, 3 for eight runs, 4 for 64, …
    let radius = smallest.0 + i64::from(runs.len().ilog2()) * 10 / 3;
    html! {
        circle class=(first.status.as_str()) cx=(x) cy=(y) r=(Tenths(radius)) {
            title { (tooltip) }
        }
    }
}

/// The points of lines through a percentile of each interval. A line ends at a day without runs.
fn lines(ended: &[Ended], percent: usize, time: &TimeAxis, values: &ValueAxis) -> Vec<String> {
    let mut intervals: BTreeMap<usize, Vec<Ended>> = BTreeMap::new();
    for run in ended {
        let interval = time.interval(run.0.began);
        intervals.entry(interval).or_default().push(*run);
    }
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut before = None;
    for (interval, runs) in intervals {
        let began = runs.iter().map(|(run, _)| run.began);
        let (first, last) = (began.clone().min().unwrap_or(0), began.max().unwrap_or(0));
        let mut took: Vec<_> = runs.iter().map(|(_, took)| *took).collect();
        took.sort_unstable();
        let (left, right) = time.borders(interval);
        let x = Tenths(i64::midpoint(left.0, right.0));
        let y = values.at(micros(percentile(&took, percent).unwrap_or(0)));
        let point = format!("{x},{y}");
        let is_joined = before.is_some_and(|before| time.may_join(before, first));
        match lines.last_mut() {
            Some(line) if is_joined => line.push(point),
            _ => lines.push(vec![point]),
        }
        before = Some(last);
    }
    let lines = lines.into_iter().map(|mut line| {
        // A line of one point twice is drawn as a dot.
        if let [alone] = line.as_slice() {
            line.push(alone.clone());
        }
        line.join(" ")
    });
    lines.collect()
}

fn micros(millis: i64) -> i64 {
    millis.saturating_mul(1000)
}
