//! The number of runs in each interval, by status.

use super::frame;
use super::time_axis::TimeAxis;
use super::value_axis::ValueAxis;
use crate::commands::report::points::Point;
use crate::runs::statuses::STATUSES;
use maud::{Markup, html};

pub(super) fn chart(runs: &[&Point], time: &TimeAxis) -> Markup {
    let mut intervals = vec![[0_i64; STATUSES.len()]; time.intervals()];
    for run in runs {
        let place = STATUSES.iter().position(|status| *status == run.status);
        if let Some(place) = place {
            intervals[time.interval(run.began)][place] += 1;
        }
    }
    let most = intervals.iter().map(|counts| counts.iter().sum::<i64>());
    let values = ValueAxis::of_counts(most.max().unwrap_or(0));
    frame::chart(
        "Runs over time by status",
        time,
        &values,
        &html! {
            @for (interval, counts) in intervals.iter().enumerate() {
                @let mut below = 0;
                @for (status, count) in STATUSES.iter().zip(counts).filter(|(_, count)| **count > 0) {
                    @let above = below + count;
                    (frame::bar(
                        status.as_str(),
                        time.borders(interval),
                        (values.at(below), values.at(above)),
                        &format!("{count} {status}, {}", time.name(interval)),
                    ))
                    @let () = below = above;
                }
            }
        },
    )
}
