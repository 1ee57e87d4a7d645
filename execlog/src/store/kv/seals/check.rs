//! Comparing the runs with their seals.

use super::all;
use super::entry::SealEntry;
use crate::error::{Error, Result, printable};
use crate::kv::KvStore;
use crate::model::StoredRun;
use crate::seal::{Seal, SealEvent};
use crate::store::LogStore;
use crate::store::kv::KvLogStore;
use crate::store::kv::survey::{Starts, Survey};
use crate::store::report::{Note, VerifyReport};
use crate::store::seals::{
    JournalCheck, RunsCheck, StoredSeal, Under, Verification, acceptable, check_without_journal,
    is_half_ended,
};
use std::collections::{BTreeMap, BTreeSet};

/// Checks the journal and compares the runs with their seals.
pub(in crate::store::kv) fn check<S: KvStore>(
    log: &KvLogStore<S>,
    verification: &Verification,
    verified: &mut VerifyReport,
) -> Result<()> {
    compared(log, verification, verified)?.finish(verified);
    Ok(())
}

/// Checks the journal, and compares the runs with their seals. What contradicts its seal is still to be
/// reported.
pub(super) fn compared<S: KvStore>(
    log: &KvLogStore<S>,
    verification: &Verification,
    verified: &mut VerifyReport,
) -> Result<RunsCheck> {
    let mut by_run = BTreeMap::<i64, Vec<StoredSeal>>::new();
    let mut newest = None;
    match log.seals.journal() {
        Ok(Some(journal)) => {
            let mut whole = JournalCheck::new(&journal, verification);
            // A kill may leave seals whose drop is written already.
            let seals = all(&*log.store)?.into_iter();
            for seal in seals.filter(|seal| seal.sequence() > journal.dropped()) {
                whole.add(&seal);
                newest = Some(seal.sequence());
                if let Some(run) = seal.run() {
                    by_run.entry(run).or_default().push(seal);
                }
            }
            whole.finish(verified);
        }
        Ok(None) => check_without_journal(verification, verified),
        Err(Error::Corrupt { key, reason }) => verified.findings.push(acceptable(key, reason)),
        Err(error) => return Err(error),
    }
    let mut check = RunsCheck::default();
    let numbered = numbered(log)?;
    let numbers: BTreeSet<i64> = by_run.keys().chain(numbered.keys()).copied().collect();
    for number in numbers {
        let run = match numbered.get(&number) {
            None => Under::Nothing,
            Some(None) => Under::Unreadable,
            Some(Some(run)) => Under::Run(run),
        };
        let seals = by_run.remove(&number).unwrap_or_default();
        if let Some(StoredSeal::Whole(seal)) = seals.last().copied()
            && Some(seal.sequence) == newest
            && !matches!(run, Under::Unreadable)
            && is_open(&seal, seals.iter().rev().nth(1), run.run())
        {
            verified.notes.push(interrupted(&seal));
            continue;
        }
        check.add(number, run, &seals);
    }
    Ok(check)
}

fn interrupted(seal: &Seal) -> Note {
    Note {
        key: printable(&SealEntry::key_for(seal.sequence)),
        text: format!(
            "the newest seal is of a change of run {} that was not written: the process was killed between \
             the two",
            seal.run
        ),
    }
}

/// The runs by number, `None` for one that cannot be read.
pub(super) fn numbered<S: KvStore>(
    log: &KvLogStore<S>,
) -> Result<BTreeMap<i64, Option<StoredRun>>> {
    let mut numbered = BTreeMap::new();
    for entry in Survey::of(&*log.store)?.index(Starts::OfEntries) {
        match log.find(&entry.execution_id) {
            Ok(Some(run)) => numbered.insert(entry.id, Some(run)),
            Err(Error::Corrupt { .. }) => numbered.insert(entry.id, None),
            Ok(None) => None,
            Err(error) => return Err(error),
        };
    }
    Ok(numbered)
}

/// Whether the newest seal of the log is of a change that was not written: the run is still as the seal
/// before says.
pub(super) fn is_open(newest: &Seal, before: Option<&StoredSeal>, run: Option<&StoredRun>) -> bool {
    if is_written(newest, run) {
        return false;
    }
    match (before, run) {
        (Some(StoredSeal::Whole(before)), Some(run)) => {
            before.is_of(Some(run)) || is_half_ended(before, run)
        }
        (Some(StoredSeal::Whole(before)), None) => before.event == SealEvent::Removed,
        (None, None) => newest.event != SealEvent::Removed,
        (None, Some(_)) => newest.event == SealEvent::Removed,
        (Some(StoredSeal::Damaged { .. }), _) => false,
    }
}

/// Whether the change of a seal was written.
pub(super) fn is_written(seal: &Seal, run: Option<&StoredRun>) -> bool {
    match seal.event {
        SealEvent::Removed => run.is_none(),
        _ => run.is_some_and(|run| seal.is_of(Some(run))),
    }
}
