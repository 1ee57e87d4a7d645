//! Applies the rules of a policy to one run after another, newest first.

use super::periods::{self, Periods};
use super::unshipped::Unshipped;
use super::{Policy, Rule};
use crate::model::{Outcome, RunEntry};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Applies the rules of a policy.
pub(super) struct Keeping<'a> {
    policy: &'a Policy,
    /// The time in seconds since 1970.
    now: i64,
    count: Count,
    unshipped: &'a Unshipped,
}

/// What the rules have counted so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Count {
    runs: usize,
    daily: Periods,
    weekly: Periods,
    monthly: Periods,
}

impl Count {
    /// Nothing yet.
    pub(super) fn of(policy: &Policy) -> Self {
        Self {
            runs: 0,
            daily: Periods::new(policy.daily),
            weekly: Periods::new(policy.weekly),
            monthly: Periods::new(policy.monthly),
        }
    }
}

impl<'a> Keeping<'a> {
    pub(super) fn new(policy: &'a Policy, now: i64, unshipped: &'a Unshipped) -> Self {
        Self::after(Count::of(policy), policy, now, unshipped)
    }

    /// Goes on after the runs that were counted.
    pub(super) fn after(
        count: Count,
        policy: &'a Policy,
        now: i64,
        unshipped: &'a Unshipped,
    ) -> Self {
        Self {
            policy,
            now,
            count,
            unshipped,
        }
    }

    pub(super) fn count(&self) -> &Count {
        &self.count
    }

    /// The rules that keep the next run, or an unreadable one.
    pub(super) fn rules_for(&mut self, run: Option<&RunEntry>) -> Vec<Rule> {
        let is_last = self.policy.last.is_some_and(|runs| self.count.runs < runs);
        self.count.runs = self.count.runs.saturating_add(1);
        let Some(run) = run else {
            return holding(&[(is_last, Rule::Last), (true, Rule::Unreadable)]);
        };
        let record = &run.record;
        let is_future = record.started_at > self.now;
        let ended = record.outcome();
        // A run that goes on stays anyway, and does not stand for its day.
        let may_stand = !is_future && !matches!(ended, Ok(None));
        let day = periods::day(record.started_at);
        let is_daily = may_stand && self.count.daily.is_new(day);
        let is_weekly = may_stand && self.count.weekly.is_new(periods::week(day));
        let is_monthly = may_stand && self.count.monthly.is_new(periods::month(day));
        // An unknown outcome counts as failed.
        let failed = !matches!(ended, Ok(None | Some(Outcome::Success)));
        let began_within = |time: Option<Duration>| {
            time.is_some_and(|time| {
                let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
                (0..=seconds).contains(&self.now.saturating_sub(record.started_at))
            })
        };
        let context = run.context.as_ref();
        holding(&[
            (is_last, Rule::Last),
            (began_within(self.policy.within), Rule::Within),
            (
                failed && began_within(self.policy.failed_within),
                Rule::FailedWithin,
            ),
            (
                self.unshipped.has(record.id) && began_within(self.policy.unshipped_within),
                Rule::Unshipped,
            ),
            (is_daily, Rule::Daily),
            (is_weekly, Rule::Weekly),
            (is_monthly, Rule::Monthly),
            (
                context.is_some_and(|context| context.pin.is_some()),
                Rule::Pinned,
            ),
            (matches!(ended, Ok(None)), Rule::Running),
            (is_future, Rule::Future),
        ])
    }
}

fn holding(rules: &[(bool, Rule)]) -> Vec<Rule> {
    let holding = rules.iter().filter(|(holds, _)| *holds);
    holding.map(|(_, rule)| *rule).collect()
}
