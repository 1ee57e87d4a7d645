//! Verifies a log in a key-value store.

use super::aside::{self, Aside};
use super::entry::IndexEntry;
use super::repair::why_contradiction;
use super::survey::Survey;
use crate::error::printable;
use crate::error::{Error, Result};
use crate::kv::KvRecord;
use crate::kv::{KvEntry, KvStore, Table};
use crate::model::{ExecutionContext, ExecutionRecord};
use crate::store::report::{Finding, Note, Repair, VerifyReport};
use crate::store::verify::{
    finding, movable, note_of_contexts, problem_of_context, problem_of_number, problems_of,
    rebuildable, seems_begun, why_stray,
};
use std::collections::{BTreeMap, HashSet};

/// Reads every key of a log and reports problems.
pub(super) fn verify(store: &impl KvStore) -> Result<VerifyReport> {
    let mut verified = VerifyReport::default();
    let runs = check_runs(store, &mut verified)?;
    let mut with_context = check_contexts(store, &runs, &mut verified)?;
    for (key, value) in store.scan(&Aside::key_prefix())? {
        match aside::decode(&key, &value) {
            Ok(aside) => verified.set_aside.push(aside.into()),
            Err(Error::Corrupt { key, reason }) => verified.findings.push(finding(key, reason)),
            Err(error) => return Err(error),
        }
    }
    with_context.extend(verified.set_aside.iter().map(|aside| aside.was.clone()));
    verified.notes.extend(note(&runs, &with_context));
    check_index(&Survey::of(store)?, &mut verified.findings);
    Ok(verified)
}

/// The facts that a readable record gives about its run.
struct Run {
    started_at: i64,
    seems_begun: bool,
}

/// The runs by their execution ids, `None` for an unreadable run.
type Runs = BTreeMap<String, Option<Run>>;

fn check_runs(store: &impl KvStore, verified: &mut VerifyReport) -> Result<Runs> {
    let mut runs = Runs::new();
    for entry in store.scan(&ExecutionRecord::key_prefix())? {
        verified.runs += 1;
        match decoded::<ExecutionRecord>(&entry)? {
            Ok(record) => {
                let key = printable(&entry.0);
                // magellan stores the second of the start as the number.
                let is_of_magellan = record.id == record.started_at;
                let number = problem_of_number(record.id).filter(|_| !is_of_magellan);
                let problems = problems_of(&record).into_iter().chain(number);
                let findings = problems.map(|problem| finding(key.clone(), problem));
                verified.findings.extend(findings);
                let run = Run {
                    started_at: record.started_at,
                    seems_begun: seems_begun(&record),
                };
                runs.insert(record.execution_id, Some(run));
            }
            Err(finding) => {
                verified.findings.push(finding);
                let id = ExecutionRecord::parse_key(&entry.0).ok();
                runs.extend(id.map(|id| (id, None)));
            }
        }
    }
    Ok(runs)
}

/// Checks the contexts and returns the keys of all contexts.
fn check_contexts(
    store: &impl KvStore,
    runs: &Runs,
    verified: &mut VerifyReport,
) -> Result<HashSet<String>> {
    let mut keys = HashSet::new();
    for entry in store.scan(&ExecutionContext::key_prefix())? {
        let key = printable(&entry.0);
        keys.insert(key.clone());
        let context = match decoded::<ExecutionContext>(&entry)? {
            Ok(context) => context,
            Err(finding) => {
                verified.findings.push(finding);
                continue;
            }
        };
        let started_at = context.started_at();
        match runs.get(&context.execution_id) {
            Some(None) => {}
            Some(Some(run)) if run.started_at == started_at => {
                verified.contexts += 1;
                let problem = problem_of_context(&context);
                let problem = problem.map(|problem| finding(key, problem));
                verified.findings.extend(problem);
            }
            run => {
                let run = run.and_then(Option::as_ref).map(|run| run.started_at);
                let why = why_stray(run, started_at);
                let problem = format!("the context does not match a run in the log: {why}");
                verified.findings.push(movable(key, problem));
            }
        }
    }
    Ok(keys)
}

/// The note on runs that should have a context but lack one among these keys.
fn note(runs: &Runs, with_context: &HashSet<String>) -> Option<Note> {
    let begun = runs.iter().filter(|(_, run)| {
        let run = run.as_ref();
        run.is_some_and(|run| run.seems_begun)
    });
    let keys = begun.map(|(id, _)| printable(&ExecutionContext::key_for(id)));
    let without = keys.filter(|key| !with_context.contains(key)).count();
    note_of_contexts(&printable(&ExecutionContext::key_prefix()), without)
}

/// Decodes a record, or gives the finding that reports why it is unreadable.
fn decoded<R: KvRecord>((key, value): &KvEntry) -> Result<Result<R, Finding>> {
    match Table::<R, &dyn KvStore>::decode(key, value) {
        Ok(record) => Ok(Ok(record)),
        Err(Error::Corrupt { key, reason }) => Ok(Err(finding(key, reason))),
        Err(error) => Err(error),
    }
}

/// Checks the index. A missing index is not a fault, and neither is an entry that only keeps its
/// number.
fn check_index(survey: &Survey, findings: &mut Vec<Finding>) {
    let mut newest = BTreeMap::new();
    for (key, entry) in &survey.entries {
        let Some(entry) = entry else {
            findings.push(rebuildable(printable(key), "not a valid index entry"));
            continue;
        };
        newest.insert(entry.sequence, entry);
    }
    if newest.is_empty() {
        return;
    }
    for (place, expected) in newest.keys().zip(1..) {
        if *place != expected {
            let key = printable(&IndexEntry::key_for(expected));
            findings.push(rebuildable(key, "this index entry is missing"));
            return;
        }
    }
    for contradiction in survey.contradictions() {
        let key = printable(&contradiction.entry.key());
        findings.push(movable(key, why_contradiction(&contradiction)));
    }
    let in_order: Vec<&IndexEntry> = newest.into_values().collect();
    for entry in &in_order {
        let latest = entry.block(&in_order).map(|entry| entry.started_at).max();
        if latest.is_some_and(|latest| latest > entry.newest_in_block) {
            let problem = "its newest start time is too old";
            findings.push(rebuildable(printable(&entry.key()), problem));
        }
    }
    for entry in survey.entries_of_lost_runs() {
        let key = printable(&ExecutionRecord::key_for(&entry.execution_id));
        let problem = "the run is lost: the index lists it, but its record is missing";
        findings.push(Finding {
            repair: Repair::AcceptLoss,
            ..finding(key, problem)
        });
    }
    for execution_id in survey.ids_without_entry() {
        let key = printable(&ExecutionRecord::key_for(execution_id));
        findings.push(rebuildable(key, "the run is missing from the index"));
    }
}
