//! Looking for what is wrong with a log in a key-value store.

use super::entry::IndexEntry;
use super::survey::Survey;
use crate::error::printable;
use crate::kv::{KvEntry, KvStore, Table};
use crate::store::verify::{finding, mendable, problem_of};
use crate::{
    Error, ExecutionContext, ExecutionRecord, Finding, KvRecord, Mending, Result, Verified,
};
use std::collections::BTreeMap;

/// Reads every key of a log.
pub(super) fn verify(store: &impl KvStore) -> Result<Verified> {
    let mut verified = Verified::default();
    let mut began = BTreeMap::new();
    for entry in store.scan(&ExecutionRecord::key_prefix())? {
        verified.runs += 1;
        let key = printable(&entry.0);
        match decoded::<ExecutionRecord>(&entry)? {
            Ok(record) => {
                let problem = problem_of(&record).map(|problem| finding(key, problem));
                verified.findings.extend(problem);
                began.insert(record.execution_id, Some(record.started_at));
            }
            Err(finding) => {
                verified.findings.push(finding);
                let id = ExecutionRecord::parse_key(&entry.0).ok();
                began.extend(id.map(|id| (id, None)));
            }
        }
    }
    for entry in store.scan(&ExecutionContext::key_prefix())? {
        let context = match decoded::<ExecutionContext>(&entry)? {
            Ok(context) => context,
            Err(finding) => {
                verified.findings.push(finding);
                continue;
            }
        };
        let started_at = context.started_at_ms.div_euclid(1000);
        match began.get(&context.execution_id) {
            Some(None) => {}
            Some(Some(run)) if *run == started_at => verified.contexts += 1,
            _ => {
                let problem = "it is the context of no run that is there";
                let stray = mendable(printable(&entry.0), problem);
                verified.findings.push(stray);
            }
        }
    }
    check_index(&Survey::of(store)?, &mut verified.findings);
    Ok(verified)
}

/// What a record is, or what is wrong with it.
fn decoded<R: KvRecord>((key, value): &KvEntry) -> Result<Result<R, Finding>> {
    match Table::<R, &dyn KvStore>::decode(key, value) {
        Ok(record) => Ok(Ok(record)),
        Err(Error::Corrupt { key, reason }) => Ok(Err(finding(key, reason))),
        Err(error) => Err(error),
    }
}

/// An index that is not there yet is not a fault, and neither is an entry that only keeps its number.
fn check_index(survey: &Survey, findings: &mut Vec<Finding>) {
    let mut newest = BTreeMap::new();
    for (key, entry) in &survey.entries {
        let Some(entry) = entry else {
            findings.push(mendable(printable(key), "it is no entry of the index"));
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
            findings.push(mendable(key, "this place of the index is missing"));
            return;
        }
    }
    let in_order: Vec<&IndexEntry> = newest.into_values().collect();
    for entry in &in_order {
        let latest = entry.block(&in_order).map(|entry| entry.started_at).max();
        if latest.is_some_and(|latest| latest > entry.newest_in_block) {
            let problem = "it says less than how late the runs before it began";
            findings.push(mendable(printable(&entry.key()), problem));
        }
    }
    for entry in survey.entries_of_lost_runs() {
        let key = printable(&ExecutionRecord::key_for(&entry.execution_id));
        let problem = "the index has this run and the log does not: it is lost";
        findings.push(Finding {
            mending: Mending::AcceptLoss,
            ..finding(key, problem)
        });
    }
    for execution_id in survey.ids_without_entry() {
        let key = printable(&ExecutionRecord::key_for(execution_id));
        findings.push(mendable(key, "the index does not have it"));
    }
}
