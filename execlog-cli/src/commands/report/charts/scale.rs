//! The size of a chart, and places in it.

use maud::Render;
use std::fmt;

pub(super) const WIDTH: i64 = 800;
pub(super) const HEIGHT: i64 = 240;
pub(super) const LEFT: i64 = 96;
const TOP: i64 = 14;
pub(super) const BOTTOM: i64 = HEIGHT - 36;

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
