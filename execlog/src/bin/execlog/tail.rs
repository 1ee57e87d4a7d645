use crate::failure::Failure;
use crate::list;
use crate::logs::LogArguments;
use crate::output::{FormatArguments, TerminalArguments};
use crate::selection::SelectionArguments;
use clap::Args;
use execlog::{RunEntry, Status};
use std::collections::HashMap;
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
    let selection = arguments.selection.clone().limited_to(SHOWN);
    let opened = log.to_read()?;
    let runs = selection.oldest_first_of(&opened.log);
    if !arguments.follow {
        let printer = arguments.format.printer(terminal.pages(), list::layout());
        return printer.print(runs);
    }

    let mut printer = arguments.format.printer(terminal.follow(), list::layout());
    let mut seen = Seen::default();
    let mut newest: Vec<_> = runs.collect();
    drop(opened);
    loop {
        let mut news = Vec::new();
        for run in newest {
            match run {
                Ok(run) if seen.is_news(&run) => news.push(run),
                Ok(_) => {}
                Err(error @ execlog::Error::Corrupt { .. }) => {
                    if seen.unreadable.insert(error.to_string()) {
                        crate::failure::error(&error.to_string());
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        if !news.is_empty() {
            printer.print_now(news)?;
        }
        thread::sleep(PAUSE);
        let opened = log.to_read()?;
        let watched = arguments.selection.clone().limited_to(WATCHED);
        newest = watched.oldest_first_of(&opened.log).collect();
        seen.forget_all_before(&newest);
    }
}

/// What was shown, so that nothing is shown twice.
#[derive(Default)]
struct Seen {
    statuses: HashMap<String, (i64, Status)>,
    unreadable: std::collections::HashSet<String>,
    /// When the oldest run began that was shown: what is older is no news.
    since: Option<i64>,
}

impl Seen {
    fn is_news(&mut self, run: &RunEntry) -> bool {
        let began = run.record.started_at;
        let since = *self.since.get_or_insert(began);
        let seen = (run.record.id, run.status());
        let before = self.statuses.insert(run.record.execution_id.clone(), seen);
        began >= since && before != Some(seen)
    }

    /// What is no longer looked at need not be known.
    fn forget_all_before(&mut self, newest: &[execlog::Result<RunEntry>]) {
        if newest.len() < WATCHED {
            return;
        }
        let ids: std::collections::BTreeSet<_> = newest
            .iter()
            .filter_map(|run| run.as_ref().ok())
            .map(|run| run.record.execution_id.as_str())
            .collect();
        self.statuses.retain(|id, _| ids.contains(id.as_str()));
    }
}
