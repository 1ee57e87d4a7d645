//! Removes runs that are not needed any more, once the user has agreed.

mod plan;

use crate::failure::{self, Failure};
use crate::logs::LogArguments;
use crate::moments;
use crate::output::{TerminalArguments, printable};
use crate::selection::SelectionArguments;
use clap::Args;
use execlog::Policy;
use plan::Plan;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

/// Remove runs that are not needed any more
///
/// Says which would go and why, and asks. Of the runs that are selected those go that no rule keeps;
/// without a selection that is all runs, and without a rule all that are selected. A run that has not
/// ended stays.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog prune --keep-last 100 --keep-failed-within 90d")]
pub(crate) struct PruneArguments {
    /// Keep the newest so many
    #[arg(long, value_name = "RUNS", help_heading = "What to keep")]
    keep_last: Option<usize>,

    /// Keep those that began within this time: `7d`
    #[arg(long, value_name = "TIME", value_parser = moments::duration, help_heading = "What to keep")]
    keep_within: Option<Duration>,

    /// Keep those that failed and began within this time: `90d`
    #[arg(long, value_name = "TIME", value_parser = moments::duration, help_heading = "What to keep")]
    keep_failed_within: Option<Duration>,

    /// Only say what would go
    #[arg(long)]
    dry_run: bool,

    /// Do not ask
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
        let rules = (self.keep_last, self.keep_within, self.keep_failed_within);
        (rules != (None, None, None)).then_some(policy)
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
            "say what to keep, with `--keep-last` or `--keep-within`, or which runs may go, as with \
             `--until 90d`"
                .to_owned(),
        ));
    }
    let opened = if arguments.dry_run {
        log.to_read()?
    } else {
        log.to_change()?
    };
    let plan = Plan::of(&opened.log, policy.as_ref(), &arguments.selection)?;
    match plan.show(terminal.stream()) {
        // Whoever has seen enough of the list has not said no.
        Ok(()) | Err(Failure::NotRead) => {}
        other => return other,
    }
    if plan.is_empty() || arguments.dry_run {
        return Ok(());
    }
    if !arguments.yes && !is_agreed(&opened.file)? {
        failure::note("nothing was removed");
        return Ok(());
    }
    let removed = plan.apply()?;
    let (removed, file) = (failure::runs(removed), opened.file.display());
    failure::note(&format!("removed {removed} from `{file}`"));
    Ok(())
}

fn is_agreed(file: &Path) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::failed(
            "nothing was removed: there is nobody to ask, so say `--yes` or `--dry-run`",
        ));
    }
    write!(
        io::stderr(),
        "Remove them from `{}`? [y/N] ",
        printable(&file.display().to_string())
    )?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
