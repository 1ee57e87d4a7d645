use crate::failure::Failure;
use crate::list;
use crate::logs::{LogArguments, OpenLog};
use crate::output::{FormatArguments, Printer, TerminalArguments};
use crate::selection::SelectionArguments;
use clap::Args;
use execlog::{Error, LocalLog, RunEntry, Status};
use std::collections::{HashMap, HashSet};
use std::thread;
use std::time::Duration;

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(250);

/// How many of the newest runs are looked at again.
const WATCHED: usize = 200;

/// Show the newest runs last, and go on with those that come
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog tail -f")]
pub(crate) struct TailArguments {
    /// Go on: show runs when they begin, and again when they end
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
    if !arguments.follow {
        let printer = arguments.format.printer(terminal.pages(), list::layout());
        return printer.print(shown.oldest_first_of(&opened.log));
    }
    // First, so that a run which begins meanwhile is not taken for one that was shown.
    let mut seen = Seen::of(&opened.log)?;
    let shown: Vec<_> = shown.oldest_first_of(&opened.log).collect();
    let mut printer = arguments
        .format
        .of_one()
        .printer(terminal.follow(), list::layout());
    printer.print_now(seen.all_of(shown)?)?;
    follow(opened, &arguments.selection, seen, printer)
}

fn follow(
    mut opened: OpenLog,
    selection: &SelectionArguments,
    mut seen: Seen,
    mut printer: Printer,
) -> Result<(), Failure> {
    let watched = selection.clone().not_limited_below(WATCHED);
    loop {
        thread::sleep(PAUSE);
        opened.refresh()?;
        let newest: Vec<_> = watched.oldest_first_of(&opened.log).collect();
        let news = seen.news_of(newest)?;
        if !news.is_empty() {
            printer.print_now(news)?;
        }
    }
}

/// What was there, so that only what is new is shown.
struct Seen {
    /// The last number that was given when following began.
    last: i64,
    /// The runs that had not ended then.
    open: HashSet<String>,
    statuses: HashMap<String, Status>,
    unreadable: HashSet<String>,
}

impl Seen {
    fn of(log: &LocalLog) -> Result<Self, Failure> {
        let mut seen = Self {
            last: 0,
            open: HashSet::new(),
            statuses: HashMap::new(),
            unreadable: HashSet::new(),
        };
        for run in log.runs().limit(WATCHED) {
            match run {
                Ok(run) => {
                    seen.last = seen.last.max(run.record.id);
                    if matches!(run.record.outcome(), Ok(None)) {
                        seen.open.insert(run.record.execution_id);
                    }
                }
                Err(Error::Corrupt { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(seen)
    }

    /// All of these runs, which then are seen.
    fn all_of(&mut self, runs: Vec<execlog::Result<RunEntry>>) -> Result<Vec<RunEntry>, Failure> {
        let mut all = Vec::new();
        for run in runs {
            if let Some(run) = self.readable(run)? {
                let id = run.record.execution_id.clone();
                self.statuses.insert(id, run.status());
                all.push(run);
            }
        }
        Ok(all)
    }

    /// Those of the runs that began since, or that have another status than before.
    fn news_of(&mut self, runs: Vec<execlog::Result<RunEntry>>) -> Result<Vec<RunEntry>, Failure> {
        let mut news = Vec::new();
        for run in runs {
            let Some(run) = self.readable(run)? else {
                continue;
            };
            let id = &run.record.execution_id;
            let is_news = match self.statuses.insert(id.clone(), run.status()) {
                Some(before) => before != run.status(),
                None => run.record.id > self.last || self.open.contains(id),
            };
            if is_news {
                news.push(run);
            }
        }
        Ok(news)
    }

    /// The run, if it can be read. One that cannot is said once, and a log that is locked is looked at
    /// again later.
    fn readable(&mut self, run: execlog::Result<RunEntry>) -> Result<Option<RunEntry>, Failure> {
        match run {
            Ok(run) => Ok(Some(run)),
            Err(Error::Busy { .. }) => Ok(None),
            Err(error @ Error::Corrupt { .. }) => {
                if self.unreadable.insert(error.to_string()) {
                    crate::failure::error(&error.to_string());
                }
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}
