//! Which runs go and which stay.

mod policy;

pub use policy::Policy;

use crate::{ExecutionRecord, Outcome, Result};
use std::time::Duration;

/// What [`ExecutionLog::prune`](crate::ExecutionLog::prune) did, or with
/// [`Policy::dry_run`] would have done.
#[derive(Debug)]
#[non_exhaustive]
pub struct Pruned {
    /// The runs that went, newest first.
    pub removed: Vec<ExecutionRecord>,
    /// The runs that stayed, newest first.
    pub kept: Vec<Kept>,
}

/// A run that stayed, and why.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kept {
    /// The run, or what was found in its place.
    pub run: Result<ExecutionRecord>,
    /// Every rule that keeps it, at least one.
    pub rules: Vec<Rule>,
}

/// Why a run stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// It is one of the newest: [`Policy::keep_last`].
    Last,
    /// It is young: [`Policy::keep_within`].
    Within,
    /// It failed and is young enough for that: [`Policy::keep_failed_within`].
    FailedWithin,
    /// It has not ended.
    Running,
    /// It began later than it is now.
    Future,
    /// It cannot be read.
    Unreadable,
}

impl Pruned {
    /// Sorts out the runs, which come newest first.
    pub(crate) fn of(
        runs: impl IntoIterator<Item = Result<ExecutionRecord>>,
        policy: &Policy,
        now: i64,
    ) -> Self {
        let mut pruned = Self {
            removed: Vec::new(),
            kept: Vec::new(),
        };
        for (newer, run) in runs.into_iter().enumerate() {
            let rules = rules_for(&run, newer, policy, now);
            match run {
                Ok(run) if rules.is_empty() => pruned.removed.push(run),
                run => pruned.kept.push(Kept { run, rules }),
            }
        }
        pruned
    }
}

/// The rules that keep a run that `newer` others stand before.
fn rules_for(run: &Result<ExecutionRecord>, newer: usize, policy: &Policy, now: i64) -> Vec<Rule> {
    let is_last = policy.keep_last.is_some_and(|runs| newer < runs);
    let Ok(run) = run else {
        return keeping(&[(is_last, Rule::Last), (true, Rule::Unreadable)]);
    };
    let began_within = |time: Option<Duration>| {
        time.is_some_and(|time| {
            let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
            (0..=seconds).contains(&now.saturating_sub(run.started_at))
        })
    };
    let ended = run.ended();
    // A word that is no outcome is not one of success either.
    let failed = !matches!(ended, Ok(None | Some(Outcome::Success)));
    keeping(&[
        (is_last, Rule::Last),
        (began_within(policy.keep_within), Rule::Within),
        (
            failed && began_within(policy.keep_failed_within),
            Rule::FailedWithin,
        ),
        (matches!(ended, Ok(None)), Rule::Running),
        (run.started_at > now, Rule::Future),
    ])
}

fn keeping(rules: &[(bool, Rule)]) -> Vec<Rule> {
    let holding = rules.iter().filter(|(holds, _)| *holds);
    holding.map(|(_, rule)| *rule).collect()
}
