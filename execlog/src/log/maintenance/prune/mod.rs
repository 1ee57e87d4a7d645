//! Pruning: `policy` has the rules, `plan` applies them.

mod plan;
mod policy;

pub use plan::PrunePlan;
pub use policy::Policy;

use crate::error::Result;
use crate::model::{ExecutionRecord, Outcome, RunEntry};
use std::time::Duration;

/// A run that is kept, and why.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kept {
    /// The run, or the error of reading it.
    pub run: Result<RunEntry>,
    /// Every rule that keeps the run, at least one.
    pub rules: Vec<Rule>,
}

/// The reason why a run is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// One of the newest runs: [`Policy::keep_last`].
    Last,
    /// Young enough: [`Policy::keep_within`].
    Within,
    /// Failed, and young enough for failed runs: [`Policy::keep_failed_within`].
    FailedWithin,
    /// Not ended.
    Running,
    /// Began in the future.
    Future,
    /// Unreadable.
    Unreadable,
}

/// Returns the rules that keep a run with `newer` runs before it.
fn rules_for(run: Option<&ExecutionRecord>, newer: usize, policy: &Policy, now: i64) -> Vec<Rule> {
    let is_last = policy.last.is_some_and(|runs| newer < runs);
    let Some(run) = run else {
        return keeping(&[(is_last, Rule::Last), (true, Rule::Unreadable)]);
    };
    let began_within = |time: Option<Duration>| {
        time.is_some_and(|time| {
            let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
            (0..=seconds).contains(&now.saturating_sub(run.started_at))
        })
    };
    let ended = run.outcome();
    // An unknown outcome counts as failed.
    let failed = !matches!(ended, Ok(None | Some(Outcome::Success)));
    keeping(&[
        (is_last, Rule::Last),
        (began_within(policy.within), Rule::Within),
        (
            failed && began_within(policy.failed_within),
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
