//! Shows the phases of a run as bars.

use crate::output::columns::GAP;
use crate::output::printable::printable;
use crate::output::screen::Screen;
use crate::output::table;
use crate::runs::times::show;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, Row, Width};
use execlog::{Phase, RunEntry};
use std::io::{self, Write};

/// The columns before the bars: the name, the time, the share and how often it was measured.
const COLUMNS: usize = 4;

/// The longest name that is not cut.
const LONGEST_NAME: u16 = 24;

/// The longest bar.
const LONGEST_BAR: u16 = 40;

/// Writes a line for each phase: its time, its share of the duration of the run, and a bar. A bar as long
/// as the space for it is the whole duration, or the longest phase if that is longer.
pub(super) fn show(run: &RunEntry, screen: &mut Screen) -> io::Result<()> {
    let phases = run.context.as_ref().map(|context| &context.phases);
    let Some(phases) = phases.filter(|phases| !phases.is_empty()) else {
        return Ok(());
    };
    let duration = run.record.duration_ms.unwrap_or(0).saturating_mul(1000);
    let mut written = table::empty(screen.width);
    for phase in phases {
        written.add_row(cells(phase, duration).map(Cell::new));
    }
    let widths = written.column_max_content_widths();
    let (name, figures) = widths.split_first().unwrap_or((&0, &[]));
    let figures: u16 = figures.iter().map(|width| width + GAP).sum();
    let space = screen.width.map_or(LONGEST_BAR, |width| {
        width.saturating_sub(LONGEST_NAME.min(*name) + GAP + figures)
    });
    let whole = phases.iter().map(|phase| phase.duration_us);
    let whole = whole.fold(duration, i64::max);
    let mut written = table::empty(screen.width);
    for phase in phases {
        let cells = cells(phase, duration).into_iter();
        let bar = bar(phase.duration_us, whole, space.min(LONGEST_BAR));
        let mut row = Row::from(cells.chain([bar]).map(Cell::new).collect::<Vec<_>>());
        row.max_height(1);
        written.add_row(row);
    }
    for (index, column) in written.column_iter_mut().enumerate() {
        column.set_padding((0, GAP));
        if index == 0 {
            let width = Width::Fixed(LONGEST_NAME + GAP);
            column.set_constraint(ColumnConstraint::UpperBoundary(width));
        } else {
            column.set_constraint(ColumnConstraint::ContentWidth);
            if index < COLUMNS {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    if let Some(width) = screen.width {
        // If the line is too long, names are cut, not figures.
        const LEAST: u16 = 9;
        let least = LEAST.min(*name) + GAP + figures + GAP;
        written.set_width(least.max(width.saturating_add(GAP)));
    }
    writeln!(screen, "\nPhases\n{}", table::rendered(&written))
}

fn cells(phase: &Phase, duration: i64) -> [String; COLUMNS] {
    [
        printable(&phase.name),
        show::microseconds(phase.duration_us),
        share(phase.duration_us, duration),
        match phase.times {
            1 => String::new(),
            times => format!("{times} times"),
        },
    ]
}

/// The share as a percentage. Empty if the run has no duration.
fn share(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return String::new();
    }
    let tenths = i128::from(part) * 1000 / i128::from(whole);
    format!("{}.{} %", tenths / 10, (tenths % 10).abs())
}

/// A bar of at most this many characters, drawn to an eighth of one.
fn bar(part: i64, whole: i64, space: u16) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = i128::from(part.max(0)) * i128::from(space) * 8 / i128::from(whole.max(1));
    let eighths = usize::try_from(eighths).unwrap_or(0);
    let end = EIGHTHS[eighths % 8];
    format!("{}{end}", "█".repeat(eighths / 8))
}

#[cfg(test)]
mod tests {
    use super::{bar, share};

    #[test]
    fn a_bar_has_the_share_of_the_space() {
        assert_eq!(bar(50, 100, 10), "█████");
        assert_eq!(bar(100, 100, 10), "██████████");
        assert_eq!(bar(1, 80, 10), "▏");
        assert_eq!(bar(-1, 0, 10), "");
        assert_eq!(bar(i64::MAX, i64::MAX, 3), "███");
    }

    #[test]
    fn a_share_may_be_more_than_the_whole() {
        assert_eq!(share(1, 3), "33.3 %");
        assert_eq!(share(5, 2), "250.0 %");
        assert_eq!(share(5, 0), "");
    }
}
