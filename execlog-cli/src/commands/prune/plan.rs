//! Decides which runs `prune` removes, and shows why it keeps the others.

use crate::failure::Failure;
use crate::logs::opening::OpenLog;
use crate::output::columns::Layout;
use crate::output::format::Printer;
use crate::output::messages;
use crate::output::screen::Screen;
use crate::runs::fields::Field;
use crate::runs::selection::SelectionArguments;
use execlog::{LocalLog, OneThread, Policy, PrunePlan, Rule};
use std::collections::BTreeMap;
use std::io::Write;

/// The runs to remove, and the runs to keep with the reasons.
pub(super) struct Plan<'log>(PrunePlan<'log, OneThread>);

impl<'log> Plan<'log> {
    /// Applies the policy to the selected runs. Without a policy, every selected run is removed.
    pub(super) fn of(
        log: &'log LocalLog,
        policy: Option<&Policy>,
        selection: &SelectionArguments,
    ) -> Result<Self, Failure> {
        let keep_none = Policy::new().keep_last(0);
        let runs = selection.runs(log)?;
        let plan = runs.prune_plan(policy.unwrap_or(&keep_none))?;
        Ok(Self(plan))
    }

    /// Removes the runs, and returns how many.
    pub(super) fn apply(self) -> Result<usize, Failure> {
        Ok(self.0.apply()?.len())
    }

    /// The number of runs that each reason keeps.
    fn kept(&self) -> BTreeMap<&'static str, usize> {
        let mut reasons = BTreeMap::new();
        for kept in &self.0.kept {
            // Count each run once: by a rule that no policy can change, or by its first rule.
            let is_fixed =
                |rule: &&Rule| matches!(rule, Rule::Pinned | Rule::Running | Rule::Unreadable);
            let rule = kept.rules.iter().find(is_fixed).or(kept.rules.first());
            if let Some(rule) = rule {
                *reasons.entry(reason(*rule)).or_insert(0) += 1;
            }
        }
        reasons
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.removed.is_empty()
    }

    pub(super) fn show(&self, mut screen: Screen, opened: &OpenLog) -> Result<(), Failure> {
        if self.is_empty() {
            writeln!(screen, "No runs would be removed")?;
        } else {
            let runs = messages::runs(self.0.removed.len());
            writeln!(screen, "{runs} would be removed:")?;
        }
        let layout = Layout::of(&[
            Field::short_id,
            Field::started_at,
            Field::status,
            Field::args,
        ]);
        let removed = opened.listed_together(&self.0.removed);
        let screen = Printer::table(layout, screen).print_some(removed)?;
        self.show_kept(screen)
    }

    fn show_kept(&self, mut screen: Screen) -> Result<(), Failure> {
        for (reason, runs) in self.kept() {
            writeln!(screen, "{runs} kept{reason}")?;
        }
        screen.end()
    }
}

/// The reason to keep a run, as the end of a line that says how many are kept.
fn reason(rule: Rule) -> &'static str {
    match rule {
        Rule::Last => " by `--keep-last`",
        Rule::Within => " by `--keep-within`",
        Rule::FailedWithin => " by `--keep-failed-within`",
        Rule::Unshipped => " by `--keep-unshipped`",
        Rule::Daily => " by `--keep-daily`",
        Rule::Weekly => " by `--keep-weekly`",
        Rule::Monthly => " by `--keep-monthly`",
        Rule::Pinned => ": pinned",
        Rule::Running => ": not ended; `execlog settle` ends those that crashed",
        Rule::Future => ": started in the future",
        Rule::Unreadable => ": cannot be read",
        _ => " by another rule",
    }
}
