use crate::failure::{self, Failure};
use crate::fields::Field;
use crate::moments;
use crate::output::{Layout, Printer, Screen};
use crate::selection::SelectionArguments;
use execlog::{ExecutionLog, Policy, Rule, RunEntry};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// What goes, and why the rest stays.
pub(super) struct Plan {
    goes: Vec<RunEntry>,
    /// How many runs each reason keeps.
    stays: BTreeMap<&'static str, usize>,
    has_policy: bool,
}

impl Plan {
    /// Sorts out the runs that are selected, by the rules of the policy if there is one.
    pub(super) fn of(
        log: &ExecutionLog,
        policy: Option<&Policy>,
        selection: &SelectionArguments,
    ) -> Result<Self, Failure> {
        let mut selected = Vec::new();
        let mut unreadable = 0;
        for run in selection.newest_first_of(log) {
            match run {
                Ok(run) => selected.push(run),
                Err(execlog::Error::Corrupt { .. }) => unreadable += 1,
                Err(error) => return Err(error.into()),
            }
        }
        let mut stays = BTreeMap::new();
        if unreadable > 0 {
            stays.insert(reason(Rule::Unreadable), unreadable);
        }
        let records = selected.iter().map(|run| Ok(run.record.clone()));
        let everything_goes = Policy::new().keep_last(0);
        let policy = policy.unwrap_or(&everything_goes);
        let pruned = policy.sort_out(records, moments::now().into())?;
        for kept in &pruned.kept {
            // One reason for each: that which cannot be helped, or the first.
            let is_open = kept.rules.contains(&Rule::Running);
            let first = kept.rules.first().copied();
            let rule = if is_open { Some(Rule::Running) } else { first };
            if let Some(rule) = rule {
                *stays.entry(reason(rule)).or_insert(0) += 1;
            }
        }
        let removed = pruned.removed.into_iter().map(|run| run.execution_id);
        let removed: BTreeSet<_> = removed.collect();
        selected.retain(|run| removed.contains(&run.record.execution_id));
        Ok(Self {
            goes: selected,
            stays,
            has_policy: *policy != everything_goes,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.goes.is_empty()
    }

    pub(super) fn ids(&self) -> Vec<&str> {
        let ids = self.goes.iter();
        ids.map(|run| run.record.execution_id.as_str()).collect()
    }

    pub(super) fn show(&self, mut screen: Screen) -> Result<(), Failure> {
        let why = if self.has_policy {
            "kept by no rule"
        } else {
            "as selected"
        };
        if self.goes.is_empty() {
            writeln!(screen, "No run would go.")?;
        } else {
            let runs = failure::runs(self.goes.len());
            writeln!(screen, "{runs} would go, {why}:")?;
        }
        let layout = Layout::of(&[
            Field::short_id,
            Field::started_at,
            Field::status,
            Field::args,
        ]);
        let screen = Printer::table(layout, screen).print_some(self.goes.iter().cloned())?;
        self.show_rest(screen)
    }

    fn show_rest(&self, mut screen: Screen) -> Result<(), Failure> {
        for (reason, runs) in &self.stays {
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
