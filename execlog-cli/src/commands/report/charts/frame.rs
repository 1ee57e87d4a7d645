//! The frame of a chart: its size, its axes and their labels.

use super::time_axis::TimeAxis;
use super::value_axis::ValueAxis;
use maud::{Markup, Render, html};
use std::fmt;

const WIDTH: i64 = 800;
const HEIGHT: i64 = 240;
const LEFT: i64 = 96;
const TOP: i64 = 14;
const BOTTOM: i64 = HEIGHT - 36;

/// The direction in which time goes.
pub(super) const X: Direction = Direction {
    from: LEFT,
    to: WIDTH,
};

/// The direction in which values rise.
pub(super) const Y: Direction = Direction {
    from: BOTTOM,
    to: TOP,
};

/// A length or a place in tenths of a unit of the drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tenths(pub(super) i64);

impl fmt::Display for Tenths {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, tenth) = (self.0.abs() / 10, self.0.abs() % 10);
        match tenth {
            0 => write!(formatter, "{sign}{whole}"),
            tenth => write!(formatter, "{sign}{whole}.{tenth}"),
        }
    }
}

impl Render for Tenths {
    fn render_to(&self, page: &mut String) {
        page.push_str(&self.to_string());
    }
}

/// An axis from one place to another.
pub(super) struct Direction {
    from: i64,
    to: i64,
}

impl Direction {
    /// The place of this part of the whole. The whole is at the very end of the axis.
    pub(super) fn at(&self, part: i128, whole: i128) -> Tenths {
        let length = i128::from(self.to - self.from) * 10;
        let along = part * length / whole.max(1);
        Tenths(self.from * 10 + i64::try_from(along).unwrap_or(0))
    }
}

/// A chart with its axes.
pub(super) fn chart(name: &str, time: &TimeAxis, values: &ValueAxis, drawing: &Markup) -> Markup {
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(name) {
            @for (y, label) in values.ticks() {
                line.grid x1=(LEFT) y1=(y) x2=(WIDTH) y2=(y) {}
                text.label x=(LEFT - 8) y=(y) dy="0.35em" text-anchor="end" { (label) }
            }
            @for (x, label) in time.ticks() {
                line.axis x1=(x) y1=(BOTTOM) x2=(x) y2=(BOTTOM + 5) {}
                text.label x=(x) y=(HEIGHT - 8) text-anchor=(anchor(x)) { (label) }
            }
            (drawing)
            line.axis x1=(LEFT) y1=(BOTTOM) x2=(WIDTH) y2=(BOTTOM) {}
        }
    }
}

/// Keeps a label within the drawing.
fn anchor(x: Tenths) -> &'static str {
    const HALF: i64 = 50;
    match x.0 / 10 {
        x if x > WIDTH - HALF => "end",
        x if x < HALF => "start",
        _ => "middle",
    }
}

/// A part of a stack of bars, from one value to another.
pub(super) fn bar(
    class: &str,
    (left, right): (Tenths, Tenths),
    (below, above): (Tenths, Tenths),
    tooltip: &str,
) -> Markup {
    // Bars have a gap between them if there is space for one, and are never invisible.
    let width = right.0 - left.0;
    let width = if width > 30 { width - 10 } else { width };
    let height = (below.0 - above.0).max(5);
    html! {
        rect class=(class) x=(left) y=(Tenths(below.0 - height)) width=(Tenths(width)) height=(Tenths(height)) {
            title { (tooltip) }
        }
    }
}
