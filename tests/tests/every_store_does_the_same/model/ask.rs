//! Making a call of a log.

use super::call::{Answer, Call, Details};
use super::plain_log::run;
use execlog::clock::ManualClock;
use execlog::{
    Cost, Environment, Invocation, LocalLog, Policy, Result, RunEntry, RunSummary, StoredRun,
};
use std::time::Duration;

pub(super) fn policy(
    last: Option<usize>,
    within: Option<u64>,
    failed_within: Option<u64>,
    daily: Option<usize>,
) -> Policy {
    let mut policy = Policy::new();
    if let Some(days) = daily {
        policy = policy.keep_daily(days);
    }
    if let Some(runs) = last {
        policy = policy.keep_last(runs);
    }
    if let Some(seconds) = within {
        policy = policy.keep_within(Duration::from_secs(seconds));
    }
    if let Some(seconds) = failed_within {
        policy = policy.keep_failed_within(Duration::from_secs(seconds));
    }
    policy
}

/// Records a run. Moves the clock by the time of its phases.
pub(super) fn record_run(log: &LocalLog, clock: &ManualClock, details: &Details) {
    let id = details.id.parse().expect("an id");
    let mut invocation = Invocation::new(["index"])
        .execution_id(id)
        .db_path("code.db")
        .environment(Environment::default());
    if let Some(team) = &details.label {
        invocation = invocation.label("team", team);
    }
    if let Some(parent) = &details.parent {
        invocation = invocation.parent_id(parent);
    }
    let run = log.begin(invocation);
    for (name, time) in &details.phases {
        let phase = run.phase(name);
        clock.advance(Duration::from_millis(*time));
        drop(phase);
    }
    if let Some(team) = &details.late_label {
        run.label("team", team);
    }
    if let Some(chunks) = details.chunks {
        run.counters().add("chunks", chunks);
    }
    if let Some((cpu_ms, peak)) = details.cost {
        run.set_cost(Cost {
            cpu_time: Duration::from_millis(cpu_ms),
            peak_memory_bytes: peak.into(),
        });
    }
    run.succeed();
}

/// The runs of a query, without the names of their locks, which are random.
pub(super) fn runs(runs: impl IntoIterator<Item = Result<RunEntry>>) -> Result<Answer> {
    let stored = runs.into_iter().map(|run| {
        let mut stored = StoredRun::from(run?);
        if let Some(context) = &mut stored.context {
            context.lock = None;
        }
        Ok(stored)
    });
    stored.collect::<Result<_>>().map(Answer::Runs)
}

pub(super) fn ask(log: &LocalLog, clock: &ManualClock, call: &Call) -> Result<Answer> {
    Ok(match call {
        Call::Start(id) => {
            let args = ["status".to_owned()];
            Answer::Number(log.start_execution(id, "4.17.0", &args, None, "code.db")?)
        }
        Call::Finish(id, word) => {
            log.finish_execution(id, *word, None, 1, 2, 3)?;
            Answer::Nothing
        }
        Call::Log(id, started_at, outcome) => {
            Answer::Number(log.log_execution(&run(id, *started_at, outcome))?)
        }
        Call::Get(id) => Answer::Record(log.get_by_id(id)?),
        Call::Recent(limit) => Answer::Records(log.get_recent(*limit)?),
        Call::All => {
            let whole = log.runs().into_iter();
            let whole: Result<Vec<_>> = whole.map(|run| Ok(RunSummary::from(&run?))).collect();
            let summaries: Result<Vec<_>> = log.runs().summaries().collect();
            assert_eq!(summaries?, whole?);
            return runs(log.runs());
        }
        Call::Record(details) => {
            record_run(log, clock, details);
            Answer::Nothing
        }
        Call::Pin(id, note) => {
            match note {
                Some(note) => log.maintenance().pin(id, note)?,
                None => log.maintenance().unpin(id)?,
            }
            Answer::Nothing
        }
        Call::Labelled(team) => return runs(log.runs().label("team", team)),
        Call::Pinned => return runs(log.runs().pinned()),
        Call::Children(id) => return runs(log.runs().parent(id)),
        Call::Prune {
            last,
            within,
            failed_within,
            daily,
            dry_run,
        } => {
            let policy = policy(*last, *within, *failed_within, *daily);
            let mut plan = log.prune_plan(&policy)?;
            let kept = std::mem::take(&mut plan.kept).into_iter();
            let kept: Result<_> = kept
                .map(|kept| Ok((kept.run?.record, kept.rules)))
                .collect();
            let planned = plan.removed.iter().map(|run| run.record.clone()).collect();
            let removed = if *dry_run {
                planned
            } else {
                let removed = plan.apply()?.into_iter();
                removed.map(|run| run.record).collect()
            };
            Answer::Pruned(removed, kept?)
        }
        Call::Reindex => {
            let reindexed = log.maintenance().reindex()?;
            Answer::Reindexed {
                runs: reindexed.runs,
                added: reindexed.added,
            }
        }
        Call::Wait(_) | Call::SetClock(_) | Call::Close => Answer::Nothing,
    })
}
