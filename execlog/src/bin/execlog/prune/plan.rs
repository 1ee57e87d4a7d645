use crate::failure::{self, Failure};
use crate::fields::Field;
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
    pub(super) fn of(
        log: &ExecutionLog,
        policy: Option<Policy>,
        selection: &SelectionArguments,
    ) -> Result<Self, Failure> {
        let mut stays = BTreeMap::new();
        let mut stay = |reason| *stays.entry(reason).or_insert(0) += 1;
        let has_policy = policy.is_some();
        let unneeded: Option<BTreeSet<String>> = match policy {
            None => None,
            Some(policy) => {
                let pruned = log.prune(&policy)?;
                for kept in &pruned.kept {
                    for rule in &kept.rules {
                        stay(reason(*rule));
                    }
                }
                let removed = pruned.removed.into_iter();
                Some(removed.map(|run| run.execution_id).collect())
            }
        };
        let mut goes = Vec::new();
        for run in selection.of(log) {
            let run = match run {
                Ok(run) => run,
                Err(execlog::Error::Corrupt { .. }) => {
                    if !has_policy {
                        stay(reason(Rule::Unreadable));
                    }
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let has_ended = !matches!(run.record.ended(), Ok(None));
            match &unneeded {
                Some(unneeded) if unneeded.contains(&run.record.execution_id) => goes.push(run),
                Some(_) => {}
                None if has_ended => goes.push(run),
                None => stay(reason(Rule::Running)),
            }
        }
        Ok(Self {
            goes,
            stays,
            has_policy,
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
            "no rule keeps it"
        } else {
            "it is selected"
        };
        if self.goes.is_empty() {
            writeln!(screen, "No run would go.")?;
        } else {
            let runs = failure::runs(self.goes.len());
            writeln!(screen, "{runs} would go, since {why}:")?;
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
