//! Writes an HTML page with the runs of a log: `page` is the page, `charts` its charts, and `points` what they
//! need of each run.

mod charts;
mod page;
mod points;

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::output::file::{OutputFile, ReplaceArguments};
use crate::output::messages;
use crate::output::readable::Readable;
use crate::output::screen::TerminalArguments;
use crate::runs::selection::SelectionArguments;
use clap::Args;
use execlog::RunEntry;
use points::Points;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::PathBuf;

/// The most runs in the table of the page. The charts show all runs.
const ROWS: usize = 1000;

/// Write an HTML page with charts and a table of runs
///
/// The page shows the outcomes, the durations and the phases of runs over time, of all commands or of one, and
/// a table that can be searched. It is one file that loads nothing from the network.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog report --html runs.html --since 30d")]
pub(crate) struct ReportArguments {
    /// The file to write, which only you can read; `-` is standard output
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    html: PathBuf,

    #[command(flatten)]
    replace: ReplaceArguments,

    #[command(flatten)]
    selection: SelectionArguments,
}

/// The data of the page.
struct Report {
    /// The path of the log.
    file: String,
    /// Every run, for the charts.
    points: Points,
    /// The newest runs, for the table, newest first.
    newest: VecDeque<RunEntry>,
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
        file: opened.name.clone(),
        points: Points::default(),
        newest: VecDeque::new(),
    };
    let runs = arguments.selection.as_added(&opened.log);
    let mut runs = Readable::new(runs, messages::error);
    for run in runs.by_ref() {
        report.add(run?);
    }
    let page = page::of(&report, runs.unreadable(), &terminal.times());
    match file {
        None => io::stdout().write_all(page.as_bytes())?,
        Some(mut file) => {
            file.write_all(page.as_bytes())?;
            file.keep()?;
            let count = messages::runs(report.points.runs.len());
            let path = arguments.html.display();
            messages::note(&format!("wrote {count} to `{path}`"));
        }
    }
    runs.check()
}

impl Report {
    fn add(&mut self, run: RunEntry) {
        self.points.add(&run);
        self.newest.push_front(run);
        self.newest.truncate(ROWS);
    }
}
