//! Lists the children of a run.

use crate::failure::Failure;
use crate::logs::opening::OpenLog;
use crate::output::columns::Layout;
use crate::output::format::Printer;
use crate::output::messages;
use crate::output::readable::Readable;
use crate::output::screen::Screen;
use crate::runs::fields::{Field, started_at_ms};
use execlog::RunEntry;
use std::io::Write;
use std::time::{Duration, SystemTime};

/// The most children that are listed.
const LISTED: usize = 20;

/// How much later the clock of the parent's host may be than that of a child's.
const CLOCKS_DIFFER: Duration = Duration::from_secs(3600);

/// Writes the oldest children of the run, and how many more there are. Returns the screen.
pub(super) fn show(
    run: &RunEntry,
    opened: &OpenLog,
    mut screen: Screen,
) -> Result<Screen, Failure> {
    let mut children = opened.log.runs().children_of(run).oldest_first();
    // Runs from before the run began need not be read.
    if let Ok(began) = u64::try_from(started_at_ms(run)) {
        let began = SystemTime::UNIX_EPOCH + Duration::from_millis(began);
        children = children.since(began - CLOCKS_DIFFER);
    }
    let mut shown = Vec::new();
    let mut others = 0_usize;
    for child in Readable::new(children, messages::error) {
        let child = child?;
        if shown.len() < LISTED {
            shown.push(child);
        } else {
            others += 1;
        }
    }
    if shown.is_empty() {
        return Ok(screen);
    }
    writeln!(screen, "\nChildren")?;
    let layout = Layout::of(&[
        Field::short_id,
        Field::status,
        Field::duration_ms,
        Field::command,
    ]);
    let shown = opened.listed_together(&shown);
    let mut screen = Printer::table(layout, screen).print_some(shown)?;
    if others > 0 {
        writeln!(screen, "and {} more", messages::runs(others))?;
    }
    Ok(screen)
}
