//! Shows in which fields two runs differ: `differences` finds them.

mod differences;

use super::show;
use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::logs::opening::OpenLog;
use crate::output::columns::GAP;
use crate::output::json::json_line;
use crate::output::messages;
use crate::output::printable::printable;
use crate::output::screen::{Screen, TerminalArguments};
use crate::output::table::{self, shortened};
use crate::runs::fields::Field;
use crate::runs::value::Value;
use clap::{Args, ValueEnum};
use comfy_table::{ColumnConstraint, Row, Width};
use differences::Difference;
use execlog::RunEntry;
use serde_json::json;
use std::io::Write;

/// Show in which fields two runs differ
///
/// Compares arguments, status, exit code, error, duration, counts, version, root, commit, branch, folder, host,
/// user, parent, CPU time, memory, phases, counters and labels. Phases are compared to the millisecond.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog diff '#28' latest")]
pub(crate) struct DiffArguments {
    /// The first run: its id, the beginning of its id, its number as `29` or `#29`, or `latest`
    ///
    /// Shells treat `#` as a comment, so write a number as `'#29'`.
    #[arg(value_name = "A")]
    a: String,

    /// The second run, written in the same way
    #[arg(value_name = "B")]
    b: String,

    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(crate) fn run(
    arguments: &DiffArguments,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    let opened = log.to_read()?;
    let a = show::find(&opened.log, &arguments.a)?;
    let b = show::find(&opened.log, &arguments.b)?;
    let differences = differences::between(&a, &b);
    let mut screen = terminal.unpaged();
    match arguments.format {
        Format::Table if differences.is_empty() => messages::note("No differences found"),
        Format::Table => write_table([&a, &b], &differences, &opened, &mut screen)?,
        Format::Json => write_json([&a, &b], differences, &mut screen)?,
    }
    screen.end()
}

/// Writes a line for each difference, below the ids of the runs.
fn write_table(
    runs: [&RunEntry; 2],
    differences: &[Difference],
    opened: &OpenLog,
    screen: &mut Screen,
) -> Result<(), Failure> {
    let text = |value: &Value| shortened(value.for_people(&screen.times));
    let mut table = table::empty(screen.width);
    let ids = runs.map(|run| text(&opened.listed(run.clone()).value(Field::short_id)));
    let headers = ["FIELD", &ids[0], &ids[1]];
    table.set_header(table::header(screen, headers.into_iter()));
    for Difference { field, a, b } in differences {
        let mut row = Row::from([printable(field), text(a), text(b)]);
        row.max_height(1);
        table.add_row(row);
    }
    let widths = table.column_max_content_widths();
    for (index, width) in widths.into_iter().enumerate() {
        let column = table.column_mut(index).expect("three columns");
        column.set_padding((0, GAP));
        if index == 0 {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + GAP)));
        }
    }
    writeln!(screen, "{}", table::rendered(&table))?;
    Ok(())
}

/// Writes an object on one line.
fn write_json(
    [a, b]: [&RunEntry; 2],
    differences: Vec<Difference>,
    screen: &mut Screen,
) -> Result<(), Failure> {
    let differences = differences.into_iter().map(|Difference { field, a, b }| {
        json!({"field": field, "a": a.into_json(), "b": b.into_json()})
    });
    let object = json!({
        "a": a.record.execution_id,
        "b": b.record.execution_id,
        "differences": differences.collect::<Vec<_>>(),
    });
    writeln!(screen, "{}", json_line(&object)?)?;
    Ok(())
}
