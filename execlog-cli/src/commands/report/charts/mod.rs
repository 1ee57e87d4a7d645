//! The charts of the page, as SVG that the page's style sheet colours.
//!
//! `timeline` has the runs by status, `durations` a dot for each run, and `phases` the time of each phase.
//! `scale` is the size of a chart. `frame` draws the axes, which `time_axis`, in steps of `step`, and `value_axis`
//! divide at round values.

mod durations;
mod frame;
mod phases;
mod scale;
mod step;
mod time_axis;
mod timeline;
mod value_axis;

use super::points::{Point, Points};
use crate::runs::statuses::STATUSES;
use execlog::Status;
use maud::{Markup, html};

pub(super) use time_axis::TimeAxis;

/// The charts of these runs.
pub(super) fn of(runs: &[&Point], points: &Points, time: &TimeAxis) -> Markup {
    html! {
        section {
            h2 { "Outcomes" }
            p { "The runs of each " (time.step()) ", by status." }
            (timeline::chart(runs, time))
            (statuses(runs))
        }
        (durations::section(runs, points, time))
        (phases::section(runs, points, time))
    }
}

/// The colours of the statuses.
fn statuses(runs: &[&Point]) -> Markup {
    let count = |status: Status| runs.iter().filter(|run| run.status == status).count();
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
