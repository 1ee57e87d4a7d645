//! The plainest log there can be.

use super::call::{Answer, Call, Details};
use execlog::{Error, ExecutionContext, ExecutionRecord, Outcome, Result, Rule, StoredRun};
use execlog_tests::record;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

pub(super) fn run(id: &str, started_at: i64, outcome: &str) -> ExecutionRecord {
    ExecutionRecord {
        id: 0,
        started_at,
        finished_at: None,
        duration_ms: None,
        outcome: outcome.to_owned(),
        ..record(id)
    }
}

/// The rules of a policy.
pub(super) type Rules = (Option<usize>, Option<u64>, Option<u64>, Option<usize>);

#[derive(Default)]
pub(super) struct Model {
    runs: Vec<StoredRun>,
    last_number: i64,
    /// Milliseconds since 1970.
    wall: i64,
    elapsed: i64,
    /// When the runs of the handle in use began.
    pub(super) began: HashMap<String, i64>,
}

impl Model {
    /// A log without runs, whose clock shows this second.
    pub(super) fn at(second: i64) -> Self {
        Self {
            wall: second * 1000,
            ..Self::default()
        }
    }

    fn now(&self) -> i64 {
        self.wall.div_euclid(1000)
    }

    fn newest_first(&self) -> Vec<StoredRun> {
        let mut runs = self.runs.clone();
        runs.sort_by_key(|run| Reverse((run.record.started_at, run.record.id)));
        runs
    }

    fn records(&self) -> impl Iterator<Item = ExecutionRecord> {
        self.newest_first().into_iter().map(|run| run.record)
    }

    fn selected(&self, is_selected: impl Fn(&ExecutionContext) -> bool) -> Answer {
        let runs = self.newest_first().into_iter();
        let selected = runs.filter(|run| run.context.as_deref().is_some_and(&is_selected));
        Answer::Runs(selected.collect())
    }

    /// A run that is recorded with everything that it says of itself.
    fn record(&mut self, details: &Details) -> Answer {
        let (began_ms, took) = (self.wall, details.phases.iter().map(|(_, time)| time));
        let took = i64::try_from(took.sum::<u64>()).unwrap_or(0);
        let began = self.now();
        self.wall += took;
        self.elapsed += took;
        let record = ExecutionRecord {
            tool_version: String::new(),
            args: r#"["index"]"#.to_owned(),
            root: None,
            finished_at: Some(self.now()),
            duration_ms: Some(took),
            error_message: None,
            ..run(&details.id, began, "success")
        };
        let record = ExecutionRecord {
            files_indexed: 0,
            symbols_indexed: 0,
            references_indexed: 0,
            ..record
        };
        let mut context = ExecutionContext::default();
        context.execution_id.clone_from(&details.id);
        context.started_at_ms = began_ms;
        context.ended_at_ms = Some(self.wall);
        context.parent_execution_id.clone_from(&details.parent);
        let label = details.late_label.as_ref().or(details.label.as_ref());
        context.labels = label
            .map(|team| ("team".to_owned(), team.clone()))
            .into_iter()
            .collect();
        let chunks = details
            .chunks
            .map(|chunks| i64::try_from(chunks).unwrap_or(0));
        context.counters = chunks
            .map(|chunks| ("chunks".to_owned(), chunks))
            .into_iter()
            .collect();
        context.cpu_ms = details.cost.map(|(cpu, _)| i64::try_from(cpu).unwrap_or(0));
        context.peak_memory_bytes = details.cost.map(|(_, peak)| peak.into());
        // The stored phases as JSON, since only the log makes them.
        let mut phases: Vec<(&str, u64, u64, u64)> = Vec::new();
        let mut after = 0;
        for (name, time) in &details.phases {
            match phases.iter_mut().find(|phase| phase.0 == name) {
                Some(phase) => (phase.2, phase.3) = (phase.2 + time, phase.3 + 1),
                None => phases.push((name, after, *time, 1)),
            }
            after += time;
        }
        let phases = phases.into_iter().map(|(name, after, time, times)| {
            let phase = serde_json::json!({
                "name": name,
                "started_after_us": after * 1000,
                "duration_us": time * 1000,
                "times": times,
            });
            serde_json::from_value(phase).expect("a phase")
        });
        context.phases = phases.collect();
        // A taken id is a warning for the host, and the run is not recorded.
        let _ = self.add(record, Some(context));
        Answer::Nothing
    }

    fn pin(&mut self, id: &str, note: Option<&String>) -> Result<Answer> {
        let run = self
            .runs
            .iter_mut()
            .find(|run| run.record.execution_id == id);
        let Some(run) = run else {
            let execution_id = id.to_owned();
            return Err(Error::NotFound { execution_id });
        };
        if note.is_none() && run.context.is_none() {
            return Ok(Answer::Nothing);
        }
        if run.context.is_none() && run.record.outcome == "running" {
            let execution_id = id.to_owned();
            return Err(Error::NotEnded { execution_id });
        }
        let context = run.context.get_or_insert_with(|| {
            let mut context = ExecutionContext::default();
            id.clone_into(&mut context.execution_id);
            context.started_at_ms = run.record.started_at * 1000;
            Box::new(context)
        });
        context.pin = note.cloned();
        Ok(Answer::Nothing)
    }

    fn add(
        &mut self,
        record: ExecutionRecord,
        context: Option<ExecutionContext>,
    ) -> Result<Answer> {
        let execution_id = record.execution_id.clone();
        let mut runs = self.runs.iter();
        if runs.any(|run| run.record.execution_id == execution_id) {
            return Err(Error::Duplicate { execution_id });
        }
        self.last_number += 1;
        let record = ExecutionRecord {
            id: self.last_number,
            ..record
        };
        let context = context.map(Box::new);
        self.runs.push(StoredRun { record, context });
        Ok(Answer::Number(self.last_number))
    }

    pub(super) fn answer(&mut self, call: &Call) -> Result<Answer> {
        if let Call::Start(id)
        | Call::Finish(id, _)
        | Call::Log(id, ..)
        | Call::Get(id)
        | Call::Pin(id, _) = call
            && id.is_empty()
        {
            return Err(Error::InvalidId {
                id: String::new(),
                reason: "the id is empty; give each run an id of its own",
            });
        }
        match call {
            Call::Start(id) => {
                let answer = self.add(run(id, self.now(), "running"), None)?;
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
                self.add(run(id, *started_at, outcome), None)
            }
            Call::Get(id) => {
                let mut records = self.records();
                Ok(Answer::Record(records.find(|run| run.execution_id == *id)))
            }
            Call::Recent(limit) => Ok(Answer::Records(self.records().take(*limit).collect())),
            Call::All => Ok(Answer::Runs(self.newest_first())),
            Call::Record(details) => Ok(self.record(details)),
            Call::Pin(id, note) => self.pin(id, note.as_ref()),
            Call::Labelled(team) => {
                Ok(self.selected(|context| context.labels.get("team") == Some(team)))
            }
            Call::Pinned => Ok(self.selected(|context| context.pin.is_some())),
            Call::Children(id) => {
                Ok(self.selected(|context| context.parent_execution_id.as_ref() == Some(id)))
            }
            Call::Prune {
                last,
                within,
                failed_within,
                daily,
                dry_run,
            } => self.prune((*last, *within, *failed_within, *daily), *dry_run),
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
        let mut runs = self.runs.iter_mut();
        let Some(run) = runs.find(|run| run.record.execution_id == id) else {
            return Err(Error::NotFound { execution_id });
        };
        let context = run.context.as_mut();
        let run = &mut run.record;
        if run.outcome != "running" {
            let outcome = run.outcome.clone();
            return Err(Error::AlreadyFinished {
                execution_id,
                outcome,
            });
        }
        let duration = match self.began.remove(id) {
            Some(began) => self.elapsed - began,
            None => match &context {
                Some(context) => (self.wall - context.started_at_ms).max(0),
                None => (now - run.started_at).max(0) * 1000,
            },
        };
        if let Some(context) = context {
            context.ended_at_ms = Some(self.wall.max(context.started_at_ms));
        }
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
        (last, within, failed_within, daily): Rules,
        dry_run: bool,
    ) -> Result<Answer> {
        if (last, within, failed_within, daily) == (None, None, None, None) {
            return Err(Error::EmptyPolicy);
        }
        let (mut removed, mut kept) = (Vec::new(), Vec::new());
        let mut days = HashSet::new();
        for (
            place,
            StoredRun {
                record: run,
                context,
            },
        ) in self.newest_first().into_iter().enumerate()
        {
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
            let day = run.started_at.div_euclid(24 * 60 * 60);
            let may_stand = age.is_some() && run.outcome != "running";
            if may_stand && daily.is_some_and(|daily| days.len() < daily) && days.insert(day) {
                rules.push(Rule::Daily);
            }
            if context.is_some_and(|context| context.pin.is_some()) {
                rules.push(Rule::Pinned);
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
                .retain(|run| kept.iter().any(|(kept, _)| *kept == run.record));
        }
        Ok(Answer::Pruned(removed, kept))
    }
}
