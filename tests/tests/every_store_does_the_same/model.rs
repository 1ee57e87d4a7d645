//! Random calls, and the closing of the log in between, against the plainest log there can be.

use execlog::{Error, ExecutionRecord, LocalLog, Outcome, Policy, Result, Rule};
use execlog_tests::subject::{Make, START};
use execlog_tests::{property, record};
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

#[derive(Debug, Clone)]
enum Call {
    Start(String),
    Finish(String, &'static str),
    Log(String, i64, &'static str),
    Get(String),
    Recent(usize),
    All,
    Prune {
        last: Option<usize>,
        within: Option<u64>,
        failed_within: Option<u64>,
        dry_run: bool,
    },
    Reindex,
    Wait(u64),
    SetClock(i64),
    Close,
}

#[derive(Debug, PartialEq)]
enum Answer {
    Nothing,
    Number(i64),
    Record(Option<ExecutionRecord>),
    Records(Vec<ExecutionRecord>),
    Pruned(Vec<ExecutionRecord>, Vec<(ExecutionRecord, Vec<Rule>)>),
    Reindexed { runs: usize, added: usize },
    Refused(String),
}

fn call() -> impl Strategy<Value = Call> {
    let id = || prop_oneof![9 => "[a-f]", 1 => Just(String::new())];
    let word = prop::sample::select(vec!["success", "partial", "error", "running", "done"]);
    let seconds = || prop::option::of(0..40_u64);
    prop_oneof![
        6 => id().prop_map(Call::Start),
        6 => (id(), word.clone()).prop_map(|(id, word)| Call::Finish(id, word)),
        4 => (id(), -30..30_i64, word).prop_map(|(id, at, word)| Call::Log(id, START + at, word)),
        2 => id().prop_map(Call::Get),
        4 => (0..7_usize).prop_map(Call::Recent),
        2 => Just(Call::All),
        3 => (prop::option::of(0..4_usize), seconds(), seconds(), any::<bool>()).prop_map(
            |(last, within, failed_within, dry_run)| Call::Prune {
                last,
                within,
                failed_within,
                dry_run,
            }
        ),
        1 => Just(Call::Reindex),
        3 => (0..9_000_u64).prop_map(Call::Wait),
        1 => (-20..20_i64).prop_map(|at| Call::SetClock(START + at)),
        3 => Just(Call::Close),
    ]
}

fn run(id: &str, started_at: i64, outcome: &str) -> ExecutionRecord {
    ExecutionRecord {
        id: 0,
        started_at,
        finished_at: None,
        duration_ms: None,
        outcome: outcome.to_owned(),
        ..record(id)
    }
}

fn policy(last: Option<usize>, within: Option<u64>, failed_within: Option<u64>) -> Policy {
    let mut policy = Policy::new();
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

fn ask(log: &LocalLog, call: &Call) -> Result<Answer> {
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
        Call::All => Answer::Records(log.list_all(None)?),
        Call::Prune {
            last,
            within,
            failed_within,
            dry_run,
        } => {
            let policy = policy(*last, *within, *failed_within);
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

#[derive(Default)]
struct Model {
    runs: Vec<ExecutionRecord>,
    last_number: i64,
    /// Milliseconds since 1970.
    wall: i64,
    elapsed: i64,
    /// When the runs of the handle in use began.
    began: HashMap<String, i64>,
}

impl Model {
    fn now(&self) -> i64 {
        self.wall.div_euclid(1000)
    }

    fn newest_first(&self) -> Vec<ExecutionRecord> {
        let mut runs = self.runs.clone();
        runs.sort_by_key(|run| Reverse((run.started_at, run.id)));
        runs
    }

    fn add(&mut self, record: ExecutionRecord) -> Result<Answer> {
        let execution_id = record.execution_id.clone();
        if self.runs.iter().any(|run| run.execution_id == execution_id) {
            return Err(Error::Duplicate { execution_id });
        }
        self.last_number += 1;
        self.runs.push(ExecutionRecord {
            id: self.last_number,
            ..record
        });
        Ok(Answer::Number(self.last_number))
    }

    fn answer(&mut self, call: &Call) -> Result<Answer> {
        if let Call::Start(id) | Call::Finish(id, _) | Call::Log(id, ..) | Call::Get(id) = call
            && id.is_empty()
        {
            return Err(Error::InvalidId {
                id: String::new(),
                reason: "the id is empty; give each run an id of its own",
            });
        }
        match call {
            Call::Start(id) => {
                let answer = self.add(run(id, self.now(), "running"))?;
                self.began.insert(id.clone(), self.elapsed);
                Ok(answer)
            }
            Call::Finish(id, word) => self.finish(id, word),
            Call::Log(id, started_at, outcome) => {
                if *outcome == "done" {
                    return Err(Error::InvalidRecord {
                        execution_id: id.clone(),
                        field: "outcome",
                        reason: "unknown outcome `done`: use `success`, `partial` or `error`, \
                                 or `running`"
                            .to_owned(),
                    });
                }
                self.add(run(id, *started_at, outcome))
            }
            Call::Get(id) => {
                let found = self.runs.iter().find(|run| run.execution_id == *id);
                Ok(Answer::Record(found.cloned()))
            }
            Call::Recent(limit) => {
                let newest = self.newest_first().into_iter().take(*limit);
                Ok(Answer::Records(newest.collect()))
            }
            Call::All => Ok(Answer::Records(self.newest_first())),
            Call::Prune {
                last,
                within,
                failed_within,
                dry_run,
            } => self.prune(*last, *within, *failed_within, *dry_run),
            Call::Reindex => Ok(Answer::Reindexed {
                runs: self.runs.len(),
                added: 0,
            }),
            Call::Wait(milliseconds) => {
                self.wall += i64::try_from(*milliseconds).unwrap_or(0);
                self.elapsed += i64::try_from(*milliseconds).unwrap_or(0);
                Ok(Answer::Nothing)
            }
            Call::SetClock(seconds) => {
                self.wall = seconds * 1000;
                Ok(Answer::Nothing)
            }
            Call::Close => Ok(Answer::Nothing),
        }
    }

    fn finish(&mut self, id: &str, word: &str) -> Result<Answer> {
        let outcome: Outcome = word.parse()?;
        let now = self.now();
        let execution_id = id.to_owned();
        let run = self.runs.iter_mut().find(|run| run.execution_id == id);
        let Some(run) = run else {
            return Err(Error::NotFound { execution_id });
        };
        if run.outcome != "running" {
            let outcome = run.outcome.clone();
            return Err(Error::AlreadyFinished {
                execution_id,
                outcome,
            });
        }
        let duration = match self.began.remove(id) {
            Some(began) => self.elapsed - began,
            None => (now - run.started_at).max(0) * 1000,
        };
        run.finished_at = Some(now.max(run.started_at));
        run.duration_ms = Some(duration);
        run.outcome = outcome.to_string();
        (
            run.files_indexed,
            run.symbols_indexed,
            run.references_indexed,
        ) = (1, 2, 3);
        Ok(Answer::Nothing)
    }

    fn prune(
        &mut self,
        last: Option<usize>,
        within: Option<u64>,
        failed_within: Option<u64>,
        dry_run: bool,
    ) -> Result<Answer> {
        if (last, within, failed_within) == (None, None, None) {
            return Err(Error::EmptyPolicy);
        }
        let (mut removed, mut kept) = (Vec::new(), Vec::new());
        for (place, run) in self.newest_first().into_iter().enumerate() {
            let age = u64::try_from(self.now() - run.started_at).ok();
            let is_within =
                |limit: Option<u64>| age.zip(limit).is_some_and(|(age, limit)| age <= limit);
            let has_failed = run.outcome == "error" || run.outcome == "partial";
            let mut rules = Vec::new();
            if last.is_some_and(|last| place < last) {
                rules.push(Rule::Last);
            }
            if is_within(within) {
                rules.push(Rule::Within);
            }
            if has_failed && is_within(failed_within) {
                rules.push(Rule::FailedWithin);
            }
            if run.outcome == "running" {
                rules.push(Rule::Running);
            }
            if age.is_none() {
                rules.push(Rule::Future);
            }
            if rules.is_empty() {
                removed.push(run);
            } else {
                kept.push((run, rules));
            }
        }
        if !dry_run {
            self.runs
                .retain(|run| kept.iter().any(|(kept, _)| kept == run));
        }
        Ok(Answer::Pruned(removed, kept))
    }
}

pub(crate) fn every_answer_is_that_of_the_model(make: &Make) {
    property::check(40, prop::collection::vec(call(), 1..60), |calls| {
        let subject = make();
        let mut model = Model {
            wall: START * 1000,
            ..Model::default()
        };
        for call in &calls {
            match call {
                Call::Wait(time) => subject.clock().advance(Duration::from_millis(*time)),
                Call::SetClock(seconds) => subject.clock().set(*seconds),
                Call::Close if subject.close() => model.began.clear(),
                _ => {}
            }
            let told = |answer: Result<_>| {
                answer.unwrap_or_else(|error| Answer::Refused(error.to_string()))
            };
            let (answer, expected) = (told(ask(&subject.log(), call)), told(model.answer(call)));
            prop_assert_eq!(answer, expected, "{:?}", call);
        }
        Ok(())
    });
}
