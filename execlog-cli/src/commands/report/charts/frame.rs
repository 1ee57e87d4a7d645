//! The frame of a chart: its axes and their labels.

use super::scale::{BOTTOM, HEIGHT, LEFT, Tenths, WIDTH};
use super::time_axis::TimeAxis;
use super::value_axis::ValueAxis;
use maud::{Markup, html};

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
