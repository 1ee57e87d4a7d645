//! The time of each phase, stacked.

use super::frame;
use super::time_axis::TimeAxis;
use super::value_axis::ValueAxis;
use crate::commands::report::points::{Point, Points};
use crate::output::printable::printable;
use crate::runs::times::show;
use maud::{Markup, html};

/// The most phases with a colour of their own. The style sheet has as many, and one for the others.
const COLORED: usize = 7;

/// The mean time of each phase in each interval. Empty if these runs have no phases.
pub(super) fn section(runs: &[&Point], points: &Points, time: &TimeAxis) -> Markup {
    let all = runs.iter().flat_map(|run| run.phases.iter().copied());
    let longest = points.phases.greatest(COLORED, all.clone());
    if longest.is_empty() {
        return html! {};
    }
    let has_others = all
        .clone()
        .any(|(phase, took)| took > 0 && !longest.contains(&phase));
    let mut intervals = vec![(0_i64, [0_i64; COLORED + 1]); time.intervals()];
    for run in runs.iter().filter(|run| !run.phases.is_empty()) {
        let (count, sums) = &mut intervals[time.interval(run.began)];
        *count += 1;
        for (phase, took) in &run.phases {
            let color = longest.iter().position(|long| long == phase);
            let sum = &mut sums[color.unwrap_or(COLORED)];
            *sum = sum.saturating_add(*took);
        }
    }
    let means = intervals
        .iter()
        .map(|(count, sums)| sums.map(|sum| sum / (*count).max(1)));
    let means: Vec<_> = means.collect();
    let whole = |means: &[i64]| {
        means
            .iter()
            .fold(0_i64, |sum, mean| sum.saturating_add(*mean))
    };
    let values = ValueAxis::of_durations(means.iter().map(|means| whole(means)).max().unwrap_or(0));
    let name = |color: usize| match longest.get(color) {
        Some(phase) => printable(points.phases.name(*phase)),
        None => "other phases".to_owned(),
    };
    let chart = frame::chart(
        "Phases of runs over time",
        time,
        &values,
        &html! {
            @for (interval, means) in means.iter().enumerate() {
                @let mut below = 0_i64;
                @for (color, mean) in means.iter().enumerate().filter(|(_, mean)| **mean > 0) {
                    @let above = below.saturating_add(*mean);
                    (frame::bar(
                        &format!("phase-{color}"),
                        time.borders(interval),
                        (values.at(below), values.at(above)),
                        &format!("{} {}, {}", name(color), show::microseconds(*mean), time.name(interval)),
                    ))
                    @let () = below = above;
                }
            }
        },
    );
    html! {
        section {
            h2 { "Phases" }
            p { "The mean time of each phase in the runs of each " (time.step()) " that have phases." }
            (chart)
            ul.legend {
                @for color in (0..longest.len()).chain(has_others.then_some(COLORED)) {
                    li { span class=(format!("swatch phase-{color}")) {} (name(color)) }
                }
            }
        }
    }
}
