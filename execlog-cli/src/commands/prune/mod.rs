//! Removes old runs after the user has confirmed: `plan` shows which.

mod plan;

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::output::messages;
use crate::output::printable::printable;
use crate::output::screen::TerminalArguments;
use crate::runs::selection::SelectionArguments;
use crate::runs::times::parse;
use clap::Args;
use execlog::Policy;
use plan::Plan;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

/// Remove old runs
///
/// Lists the runs that would be removed, and asks before it removes them.
///
/// The options under "Which runs" select runs; without them, all runs are selected. Of these, a run is
/// kept if at least one `--keep` option keeps it. Without a `--keep` option, every selected run is removed.
/// A run that is pinned, or that has not ended, is never removed.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog prune --keep-last 100 --keep-failed-within 90d")]
pub(crate) struct PruneArguments {
    /// Keep the newest N runs
    #[arg(long, value_name = "N", help_heading = "What to keep")]
    keep_last: Option<usize>,

    /// Keep runs that began within this time before now: `7d`
    #[arg(long, value_name = "TIME", value_parser = parse::duration, help_heading = "What to keep")]
    keep_within: Option<Duration>,

    /// Keep failed runs that began within this time before now: `90d`
    #[arg(long, value_name = "TIME", value_parser = parse::duration, help_heading = "What to keep")]
    keep_failed_within: Option<Duration>,

    /// Keep the newest run of each of the last N days that have runs
    ///
    /// Days begin at midnight in UTC, weeks on Monday, and months on their first day.
    #[arg(long, value_name = "N", help_heading = "What to keep")]
    keep_daily: Option<usize>,

    /// Keep the newest run of each of the last N weeks that have runs
    #[arg(long, value_name = "N", help_heading = "What to keep")]
    keep_weekly: Option<usize>,

    /// Keep the newest run of each of the last N months that have runs
    #[arg(long, value_name = "N", help_heading = "What to keep")]
    keep_monthly: Option<usize>,

    /// Keep runs that some target of `execlog ship` does not have yet and that began within this time: `90d`
    #[arg(long, value_name = "TIME", value_parser = parse::duration, help_heading = "What to keep")]
    keep_unshipped: Option<Duration>,

    /// List the runs that would be removed, but do not remove them
    #[arg(long)]
    dry_run: bool,

    /// Remove the runs without asking
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    selection: SelectionArguments,
}

impl PruneArguments {
    fn policy(&self) -> Option<Policy> {
        let mut policy = Policy::new();
        if let Some(runs) = self.keep_last {
            policy = policy.keep_last(runs);
        }
        if let Some(time) = self.keep_within {
            policy = policy.keep_within(time);
        }
        if let Some(time) = self.keep_failed_within {
            policy = policy.keep_failed_within(time);
        }
        if let Some(time) = self.keep_unshipped {
            policy = policy.keep_unshipped(time);
        }
        if let Some(days) = self.keep_daily {
            policy = policy.keep_daily(days);
        }
        if let Some(weeks) = self.keep_weekly {
            policy = policy.keep_weekly(weeks);
        }
        if let Some(months) = self.keep_monthly {
            policy = policy.keep_monthly(months);
        }
        (policy != Policy::new()).then_some(policy)
    }
}

pub(crate) fn run(
    arguments: &PruneArguments,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    let policy = arguments.policy();
    if policy.is_none() && arguments.selection.is_everything() {
        return Err(Failure::Usage(
            "choose the runs to keep, as with `--keep-last 100` or `--keep-within 90d`, or the runs to \
             remove, as with `--until 90d`"
                .to_owned(),
        ));
    }
    let opened = if arguments.dry_run {
        log.to_read()?
    } else {
        log.to_change()?
    };
    let plan = Plan::of(&opened.log, policy.as_ref(), &arguments.selection)?;
    match plan.show(terminal.unpaged(), &opened) {
        // The reader of the list, as `head`, may close it early: that does not cancel the command.
        Ok(()) | Err(Failure::NotRead) => {}
        other => return other,
    }
    if plan.is_empty() || arguments.dry_run {
        return Ok(());
    }
    if !arguments.yes && !is_confirmed(&opened.name)? {
        messages::note("nothing was removed");
        return Ok(());
    }
    let removed = plan.apply()?;
    let (removed, file) = (messages::runs(removed), &opened.name);
    messages::note(&format!("removed {removed} from `{file}`"));
    Ok(())
}

fn is_confirmed(log: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::failed(
            "nothing was removed: standard input is not a terminal, so add `--yes` or `--dry-run`",
        ));
    }
    write!(
        io::stderr(),
        "Remove them from `{}`? [y/N] ",
        printable(log)
    )?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
