//! Shows the newest runs, and new ones as they come.

use super::list;
use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::logs::opening::OpenLog;
use crate::output::format::{FormatArguments, Printer};
use crate::output::messages;
use crate::output::readable::Readable;
use crate::output::screen::TerminalArguments;
use crate::runs::selection::SelectionArguments;
use clap::Args;
use execlog::{Error, LocalLog, RunEntry, Status};
use std::collections::{HashMap, HashSet};
use std::thread;
use std::time::Duration;

/// The interval between two reads of a file.
const INTERVAL: Duration = Duration::from_millis(250);

/// The interval between two reads of a server, which others use too.
const INTERVAL_ON_SERVER: Duration = Duration::from_secs(1);

/// How many of the newest runs are read each time.
const WATCHED: usize = 200;

/// Show the newest runs, newest last, and follow new ones
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog tail -f")]
pub(crate) struct TailArguments {
    /// Keep running: show each run when it begins, and again when its status changes
    #[arg(short, long)]
    follow: bool,
    #[command(flatten)]
    selection: SelectionArguments,
    #[command(flatten)]
    format: FormatArguments,
}

pub(crate) fn run(
    arguments: &TailArguments,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    const SHOWN: usize = 10;
    arguments.format.check()?;
    let opened = log.to_read()?;
    let shown = arguments.selection.clone().limited_to(SHOWN);
    let layout = list::layout_of([&opened]);
    if !arguments.follow {
        let printer = arguments.format.printer(terminal.paged(), layout);
        let runs = shown.oldest_first(&opened.log);
        return printer.print(opened.listed_as_read(runs));
    }
    // Before the runs are shown, so that a run that begins meanwhile is still new.
    let mut seen = Seen::of(&opened.log)?;
    let shown: Vec<_> = shown.oldest_first(&opened.log).collect();
    let mut printer = arguments
        .format
        .of_one()
        .printer(terminal.following(), layout);
    let shown: Vec<_> = seen.all_of(shown)?.into_iter().collect();
    printer.print_now(opened.listed_together(&shown))?;
    follow(opened, &arguments.selection, seen, printer)
}

fn follow(
    mut opened: OpenLog,
    selection: &SelectionArguments,
    mut seen: Seen,
    mut printer: Printer,
) -> Result<(), Failure> {
    let watched = selection.clone().limited_to_at_least(WATCHED);
    let interval = if opened.is_on_server() {
        INTERVAL_ON_SERVER
    } else {
        INTERVAL
    };
    loop {
        thread::sleep(interval);
        opened.refresh()?;
        let newest: Vec<_> = watched.oldest_first(&opened.log).collect();
        let new = seen.new_of(newest)?;
        if !new.is_empty() {
            printer.print_now(opened.listed_together(&new))?;
        }
    }
}

/// The runs that have been seen, to tell which are new.
struct Seen {
    /// The highest number when following began.
    last: i64,
    /// The runs that were open then.
    open: HashSet<String>,
    statuses: HashMap<String, Status>,
    /// The errors that were reported.
    reported: HashSet<String>,
}

impl Seen {
    fn of(log: &LocalLog) -> Result<Self, Failure> {
        let mut seen = Self {
            last: 0,
            open: HashSet::new(),
            statuses: HashMap::new(),
            reported: HashSet::new(),
        };
        for run in Readable::new(log.runs().limit(WATCHED), |_| {}) {
            let run = run?;
            seen.last = seen.last.max(run.record.id);
            if matches!(run.record.outcome(), Ok(None)) {
                seen.open.insert(run.record.execution_id);
            }
        }
        Ok(seen)
    }

    /// Marks these runs as seen, and returns them.
    fn all_of(&mut self, runs: Vec<execlog::Result<RunEntry>>) -> Result<Vec<RunEntry>, Failure> {
        let runs = self.readable(runs)?;
        for run in &runs {
            let id = run.record.execution_id.clone();
            self.statuses.insert(id, run.status());
        }
        Ok(runs)
    }

    /// Marks these runs as seen, and returns those that are new or have another status than before.
    fn new_of(&mut self, runs: Vec<execlog::Result<RunEntry>>) -> Result<Vec<RunEntry>, Failure> {
        let mut runs = self.readable(runs)?;
        runs.retain(|run| {
            let id = &run.record.execution_id;
            match self.statuses.insert(id.clone(), run.status()) {
                Some(before) => before != run.status(),
                None => run.record.id > self.last || self.open.contains(id),
            }
        });
        Ok(runs)
    }

    /// The runs that can be read. Each error is reported once. A log that is locked is read again later, and
    /// so is a server that does not answer.
    fn readable(
        &mut self,
        mut runs: Vec<execlog::Result<RunEntry>>,
    ) -> Result<Vec<RunEntry>, Failure> {
        let mut report_once = |error: &str| {
            if self.reported.insert(error.to_owned()) {
                messages::error(error);
            }
        };
        runs.retain(|run| match run {
            Err(Error::Busy { .. }) => false,
            Err(error) if is_of_server(error) => {
                report_once(&error.to_string());
                false
            }
            _ => true,
        });
        Readable::new(runs, report_once).collect()
    }
}

fn is_of_server(error: &Error) -> bool {
    use Error::{Server, ServerTooSlow, ServerUnreachable};
    matches!(
        error,
        Server { .. } | ServerTooSlow { .. } | ServerUnreachable { .. }
    )
}
