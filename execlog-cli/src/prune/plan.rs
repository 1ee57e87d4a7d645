//! Which runs `prune` removes, and why it keeps the others.

use crate::failure::{self, Failure};
use crate::fields::Field;
use crate::output::{Layout, Printer, Screen};
use crate::selection::SelectionArguments;
use execlog::{LocalLog, OneThread, Policy, PrunePlan, Rule};
use std::collections::BTreeMap;
use std::io::Write;

/// What goes, and why the rest stays.
pub(super) struct Plan<'log> {
    plan: PrunePlan<'log, OneThread>,
    has_policy: bool,
}

impl<'log> Plan<'log> {
    /// Plans for the runs that are selected, by the rules of the policy if there is one.
    pub(super) fn of(
        log: &'log LocalLog,
        policy: Option<&Policy>,
        selection: &SelectionArguments,
    ) -> Result<Self, Failure> {
        let everything_goes = Policy::new().keep_last(0);
        let runs = selection.runs_of(log);
        let plan = runs.prune_plan(policy.unwrap_or(&everything_goes))?;
        Ok(Self {
            plan,
            has_policy: policy.is_some(),
        })
    }

    /// Removes what goes, and says how many runs that were.
    pub(super) fn apply(self) -> Result<usize, Failure> {
        Ok(self.plan.apply()?.len())
    }

    /// How many runs each reason keeps.
    fn stays(&self) -> BTreeMap<&'static str, usize> {
        let mut stays = BTreeMap::new();
        for kept in &self.plan.kept {
            // One reason for each: that which cannot be helped, or the first.
            let is_decided = |rule: &&Rule| matches!(rule, Rule::Running | Rule::Unreadable);
            let rule = kept.rules.iter().find(is_decided).or(kept.rules.first());
            if let Some(rule) = rule {
                *stays.entry(reason(*rule)).or_insert(0) += 1;
            }
        }
        stays
    }

    pub(super) fn is_empty(&self) -> bool {
        self.plan.removed.is_empty()
    }

    pub(super) fn show(&self, mut screen: Screen) -> Result<(), Failure> {
        let why = if self.has_policy {
            "kept by no rule"
        } else {
            "as selected"
        };
        if self.plan.removed.is_empty() {
            writeln!(screen, "No run would go.")?;
        } else {
            let runs = failure::runs(self.plan.removed.len());
            writeln!(screen, "{runs} would go, {why}:")?;
        }
        let layout = Layout::of(&[
            Field::short_id,
            Field::started_at,
            Field::status,
            Field::args,
        ]);
        let screen =
            Printer::table(layout, screen).print_some(self.plan.removed.iter().cloned())?;
        self.show_rest(screen)
    }

    fn show_rest(&self, mut screen: Screen) -> Result<(), Failure> {
        for (reason, runs) in self.stays() {
            writeln!(screen, "{runs} kept: {reason}")?;
        }
        screen.end()
    }
}

/// Why a run stays.
fn reason(rule: Rule) -> &'static str {
    match rule {
        Rule::Last => "among the newest",
        Rule::Within => "young",
        Rule::FailedWithin => "failed not long ago",
        Rule::Running => "not ended; `execlog settle` ends those that crashed",
        Rule::Future => "began later than it is now",
        Rule::Unreadable => "cannot be read",
        _ => "by another rule",
    }
}
