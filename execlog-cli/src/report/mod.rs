//! One page with what the runs of a log amount to, for a browser.

mod charts;
mod page;

use crate::failure::{self, Failure};
use crate::fields::started_at_ms;
use crate::logs::LogArguments;
use crate::output::TerminalArguments;
use crate::output_file::{OutputFile, ReplaceArguments};
use crate::selection::SelectionArguments;
use clap::Args;
use execlog::{RunEntry, Status};
use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::PathBuf;

/// How many runs the table of the page has. The charts have all.
const ROWS: usize = 1000;

/// Write a page for a browser, with charts and a table
///
/// It shows runs by outcome, durations over time, and a table that can be searched. The page is one
/// file, and needs no network.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog report --html runs.html --since 30d")]
pub(crate) struct ReportArguments {
    /// The file to write, readable by you alone; `-` is standard output
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    html: PathBuf,

    #[command(flatten)]
    replace: ReplaceArguments,

    #[command(flatten)]
    selection: SelectionArguments,
}

/// What the page shows.
struct Report {
    /// The name of the log.
    file: String,
    /// Every run, as far as the charts need it, in the order that they were added in.
    points: Vec<Point>,
    /// The newest runs, the newest first.
    newest: VecDeque<RunEntry>,
}

/// What a chart has of a run.
#[derive(Clone, Copy)]
struct Point {
    /// Milliseconds since 1970 in UTC.
    began: i64,
    status: Status,
    /// Milliseconds, of a run that ended.
    took: Option<i64>,
}

pub(crate) fn run(
    arguments: &ReportArguments,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    let opened = log.to_read()?;
    let file = Some(&arguments.html).filter(|path| path.as_os_str() != "-");
    let file = file.map(|path| OutputFile::create(path, &arguments.replace));
    let file = file.transpose()?;
    let mut report = Report {
        file: opened.file.display().to_string(),
        points: Vec::new(),
        newest: VecDeque::new(),
    };
    let mut unreadable = 0_usize;
    for run in arguments.selection.without_contexts(&opened.log) {
        match run {
            Ok(run) => report.add(run),
            Err(error @ execlog::Error::Corrupt { .. }) => {
                failure::error(&error.to_string());
                unreadable += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = page::of(&report, unreadable, &terminal.moments());
    match file {
        None => io::stdout().write_all(page.as_bytes())?,
        Some(mut file) => {
            file.write_all(page.as_bytes())?;
            file.keep()?;
            let runs = failure::runs(report.points.len());
            let path = arguments.html.display();
            failure::note(&format!("wrote {runs} to `{path}`"));
        }
    }
    match unreadable {
        0 => Ok(()),
        unreadable => Err(Failure::failed(format!(
            "{} cannot be read, and not shown: `execlog verify` says more",
            failure::runs(unreadable)
        ))),
    }
}

impl Report {
    fn add(&mut self, run: RunEntry) {
        self.points.push(Point {
            began: started_at_ms(&run),
            status: run.status(),
            took: run.record.duration_ms.filter(|took| *took >= 0),
        });
        self.newest.push_front(run);
        self.newest.truncate(ROWS);
    }
}
