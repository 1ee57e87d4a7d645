//! Shows one run: `phases` as bars, and its `children`. `trace` writes it as a Chrome trace.

mod children;
mod phases;
mod trace;

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::logs::opening::OpenLog;
use crate::output::columns::Layout;
use crate::output::file::{OutputFile, ReplaceArguments};
use crate::output::format::FormatArguments;
use crate::output::messages;
use crate::output::screen::{Screen, TerminalArguments, style_of};
use crate::runs::fields::Field;
use crate::runs::value::Value;
use clap::Args;
use execlog::{LocalLog, RunEntry, RunSelector};
use jiff::Timestamp;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Show every field of a run
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog show 0199abcd-1234")]
pub(crate) struct ShowArguments {
    /// The run: its id, the beginning of its id, its number as `29` or `#29`, or `latest`
    ///
    /// `latest` is the newest run. Digits are a number if a run has it, else the beginning of an id.
    /// Shells treat `#` as a comment, so write `'#29'`.
    #[arg(default_value = "latest", value_name = "RUN")]
    run: String,

    /// Write the run and its phases as a Chrome trace, which Perfetto opens; `-` is standard output
    ///
    /// The run is one event, and each phase is one: if it was measured several times, from its first begin and
    /// as long as their sum.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with = "fields")]
    trace: Option<PathBuf>,

    #[command(flatten)]
    replace: ReplaceArguments,

    #[command(flatten)]
    format: FormatArguments,
}

pub(crate) fn run(
    arguments: &ShowArguments,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    arguments.format.check()?;
    let opened = log.to_read()?;
    let run = find(&opened.log, &arguments.run)?;
    if let Some(file) = &arguments.trace {
        return write_trace(&run, file, &arguments.replace);
    }
    let screen = terminal.unpaged();
    if arguments.format.is_for_people() && !arguments.format.has_fields() {
        return show(&run, &opened, screen);
    }
    let printer = arguments.format.of_one().printer(screen, Layout::of(&[]));
    printer.print(std::iter::once(Ok(opened.listed(run))))
}

pub(super) fn find(log: &LocalLog, run: &str) -> Result<RunEntry, Failure> {
    let selector: RunSelector = run.parse()?;
    let is_latest = selector == RunSelector::latest();
    let is_number = run.starts_with('#');
    if let Some(found) = by_number(log, run)? {
        return Ok(found);
    }
    log.find(selector)?.ok_or_else(|| {
        Failure::failed(if is_latest {
            "the log has no runs yet".to_owned()
        } else if is_number {
            format!(
                "no run has the number `{run}`: `execlog list --fields number,arguments` shows the numbers"
            )
        } else {
            let number = if run.bytes().all(|byte| byte.is_ascii_digit()) {
                format!("no run has the number {run} or an id")
            } else {
                "no run has an id".to_owned()
            };
            format!("{number} that begins with `{run}`: `execlog list` shows the ids")
        })
    })
}

/// The run with this number, written without `#`, unless a run has these digits as its whole id.
fn by_number(log: &LocalLog, run: &str) -> Result<Option<RunEntry>, Failure> {
    let is_number = !run.starts_with('0') && run.bytes().all(|byte| byte.is_ascii_digit());
    let Some(number) = run.parse().ok().filter(|_| is_number) else {
        return Ok(None);
    };
    if let Ok(Some(found)) = log.find(RunSelector::id(run)?)
        && found.record.execution_id == run
    {
        return Ok(Some(found));
    }
    Ok(log.find(RunSelector::number(number))?)
}

fn write_trace(run: &RunEntry, path: &Path, replace: &ReplaceArguments) -> Result<(), Failure> {
    let trace = trace::of(run)?;
    if path.as_os_str() == "-" {
        return Ok(io::stdout().write_all(trace.as_bytes())?);
    }
    let mut file = OutputFile::create(path, replace)?;
    file.write_all(trace.as_bytes())?;
    file.keep()?;
    let id = &run.record.execution_id;
    let path = path.display();
    messages::note(&format!("wrote the trace of `{id}` to `{path}`"));
    Ok(())
}

/// Writes the fields that have a value, one on each line.
fn show(run: &RunEntry, opened: &OpenLog, mut screen: Screen) -> Result<(), Failure> {
    const LINES: [(&str, Field); 30] = [
        ("Run", Field::execution_id),
        ("Status", Field::status),
        ("Note", Field::note),
        ("Pinned", Field::pin),
        ("Arguments", Field::args),
        ("Started", Field::started_at),
        ("Finished", Field::finished_at),
        ("Duration", Field::duration_ms),
        ("Error", Field::error_message),
        ("Exit", Field::exit_code),
        ("Files", Field::files_indexed),
        ("Symbols", Field::symbols_indexed),
        ("References", Field::references_indexed),
        ("Counters", Field::counters),
        ("Labels", Field::labels),
        ("CPU time", Field::cpu_ms),
        ("Memory", Field::peak_memory_bytes),
        ("Program", Field::program),
        ("Version", Field::tool_version),
        ("Root", Field::root),
        ("Revision", Field::revision),
        ("Branch", Field::branch),
        ("Database", Field::db_path),
        ("Folder", Field::working_directory),
        ("Host", Field::host),
        ("User", Field::user),
        ("Process", Field::process_id),
        ("Parent", Field::parent_execution_id),
        ("Trace", Field::trace_id),
        ("Number", Field::id),
    ];
    let dimmed = anstyle::Style::new().dimmed();
    for (name, field) in LINES {
        let value = field.of(run);
        let text = match &value {
            Value::Time(millis) => match Timestamp::from_millisecond(*millis) {
                Ok(time) => screen.times.show_long(time),
                Err(_) => value.for_people(&screen.times),
            },
            Value::Pin(note) if note.is_empty() => "without a note".to_owned(),
            Value::Bytes(_) => format!("{} at its peak", value.for_people(&screen.times)),
            Value::Status(status) => screen.styled(style_of(*status), status.as_str()),
            value => value.for_people(&screen.times),
        };
        if !text.is_empty() {
            let name = screen.styled(dimmed, &format!("{name:<10}"));
            writeln!(screen, "{name}  {text}")?;
        }
    }
    phases::show(run, &mut screen)?;
    children::show(run, opened, screen)?.end()
}
