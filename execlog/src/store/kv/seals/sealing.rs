//! Sealing the changes of a log.

use super::all;
use super::check::{compared, is_open, is_written, numbered};
use super::entry::{JournalEntry, SealEntry};
use crate::error::{Error, Result};
use crate::kv::KvStore;
use crate::model::{ExecutionId, ExecutionRecord, StoredRun};
use crate::seal::hexadecimal::Hexadecimal;
use crate::seal::{Checkpoint, Seal, SealEvent, Tree};
use crate::store::LogStore;
use crate::store::kv::KvLogStore;
use crate::store::numbers::is_number;
use crate::store::report::VerifyReport;
use crate::store::seals::{
    Contradictions, Journal, JournalStore, StoredSeal, Verification, checkpoint,
};
use std::sync::atomic::Ordering;

/// How many of the newest seals pruning keeps. Few, since native 3.9 writes every entry at each flush.
const KEPT_SEALS: u64 = 100;

/// How many of the newest runs are adopted when a log gets its journal.
const ADOPTED_AT_FIRST: u64 = 1000;

impl<S: KvStore> KvLogStore<S> {
    /// Seals a change of a run before it is written. `run` is what will be stored, or `None` if the run
    /// will be removed.
    ///
    /// A run of an early magellan has its start in place of a number, and is not sealed.
    pub(in crate::store::kv) fn seal(
        &self,
        record: &ExecutionRecord,
        event: SealEvent,
        run: Option<&StoredRun>,
    ) -> Result<()> {
        // Without sealing the runs of its own, a log still seals what it does to the sealed runs of others.
        let is_sealing =
            self.seals.is_on() || event.is_of_any_run() && self.seals.journals.contains(1)?;
        if is_sealing && is_number(record.id, record.started_at) && self.make_journal()? {
            self.correct_newest()?;
            self.seals.append(record.id, event, run)?;
        }
        Ok(())
    }

    /// Makes the next writer look at the newest seal, since its change was perhaps not written.
    pub(in crate::store) fn doubt_newest_seal(&self) {
        self.seals.forget();
    }

    /// Adopts every run that lacks a seal, and seals the ends that lack one.
    pub(in crate::store::kv) fn adopt_all(&self) -> Result<()> {
        if self.seals.is_on() && self.make_journal()? {
            self.correct_newest()?;
            self.seal_all(Contradictions::Stay)?;
        }
        Ok(())
    }

    /// Seals what is there, whatever the journal says. Begins a new journal if this one is damaged.
    pub(in crate::store::kv) fn accept_all(&self) -> Result<()> {
        if !self.seals.is_on() {
            return Ok(());
        }
        let mut verified = VerifyReport::default();
        compared(self, &Verification::default(), &mut verified)?;
        if !verified.findings.is_empty() {
            self.seals.remove_all(&self.store)?;
        }
        self.make_journal()?;
        self.seal_all(Contradictions::AreSealed)
    }

    fn seal_all(&self, contradictions: Contradictions) -> Result<()> {
        let check = compared(self, &Verification::default(), &mut VerifyReport::default())?;
        let mut runs = numbered(self)?;
        for number in check.numbers_to_seal(contradictions) {
            match runs.remove(&number) {
                Some(Some(run)) if run.record.id == number => {
                    self.seals.append(number, SealEvent::Adopted, Some(&run))?;
                }
                Some(_) => {}
                None => self.seals.append(number, SealEvent::Removed, None)?,
            }
        }
        Ok(())
    }

    /// Makes the journal, and adopts the newest runs that the log has already. Returns `false` if the journal
    /// cannot be read: the runs are more important, and `verify` reports it.
    fn make_journal(&self) -> Result<bool> {
        if self.seals.log_id.lock().is_some() {
            return Ok(true);
        }
        match self.seals.journals.get(1) {
            Ok(Some(journal)) => {
                *self.seals.log_id.lock() = Some(journal.log_id);
                return Ok(true);
            }
            Ok(None) => {}
            Err(Error::Corrupt { .. }) => return Ok(false),
            Err(error) => return Err(error),
        }
        let journal = JournalEntry {
            id: 1,
            log_id: ExecutionId::generate().into_string(),
            dropped: 0,
            peaks: String::new(),
        };
        self.seals.journals.insert(&journal)?;
        *self.seals.log_id.lock() = Some(journal.log_id);
        self.adopt_newest()?;
        Ok(true)
    }

    fn adopt_newest(&self) -> Result<()> {
        let last = match self.index.last() {
            Ok(last) => last.map_or(0, |last| last.sequence),
            Err(Error::Corrupt { .. }) => 0,
            Err(error) => return Err(error),
        };
        for place in last.saturating_sub(ADOPTED_AT_FIRST) + 1..=last {
            let run = match self
                .index
                .entry(place)
                .map(|entry| self.find(&entry.execution_id))
            {
                Ok(Ok(Some(run))) => run,
                Ok(Ok(None) | Err(Error::Corrupt { .. })) | Err(Error::Corrupt { .. }) => continue,
                Ok(Err(error)) | Err(error) => return Err(error),
            };
            if is_number(run.record.id, run.record.started_at) {
                let number = run.record.id;
                self.seals.append(number, SealEvent::Adopted, Some(&run))?;
            }
        }
        Ok(())
    }

    /// Seals the run of the newest seal as it is, if the change of that seal was not written.
    fn correct_newest(&self) -> Result<()> {
        if self.seals.is_checked.load(Ordering::Relaxed) {
            return Ok(());
        }
        match self.correct(self.seals.entries.get(self.seals.last()?)) {
            // Reported by `verify`.
            Ok(()) | Err(Error::Corrupt { .. }) => {
                self.seals.is_checked.store(true, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn correct(&self, newest: Result<Option<SealEntry>>) -> Result<()> {
        let Some(StoredSeal::Whole(seal)) = newest?.map(|entry| entry.stored()) else {
            return Ok(());
        };
        let run = match self.index.of_number(seal.run)? {
            Some(entry) => self.find(&entry.execution_id)?,
            None => None,
        };
        let run = run.filter(|run| run.record.id == seal.run);
        // The other seals are read only if they are needed.
        if is_written(&seal, run.as_ref()) {
            return Ok(());
        }
        let before = all(&*self.store)?.into_iter();
        let mut before = before.filter(|other| other.run() == Some(seal.run));
        let before = before.rfind(|other| other.sequence() < seal.sequence);
        match is_open(&seal, before.as_ref(), run.as_ref()) {
            true if run.is_some() => self
                .seals
                .append(seal.run, SealEvent::Adopted, run.as_ref()),
            true => self.seals.append(seal.run, SealEvent::Removed, None),
            false => Ok(()),
        }
    }

    /// Drops the oldest seals, as long as their runs are gone. The newest seals stay.
    pub(in crate::store::kv) fn drop_old_seals(&self) -> Result<()> {
        if !self.seals.is_on() {
            return Ok(());
        }
        let journal = match self.seals.journal() {
            // Reported by `verify`.
            Err(Error::Corrupt { .. }) => None,
            journal => journal?,
        };
        let Some(Journal {
            log_id,
            last,
            dropped: Some(mut tree),
        }) = journal
        else {
            return Ok(());
        };
        if last - tree.size() <= KEPT_SEALS {
            return Ok(());
        }
        let until = last - KEPT_SEALS;
        let runs = numbered(self)?;
        let mut places = Vec::new();
        for seal in all(&*self.store)? {
            if seal.sequence() <= tree.size() {
                // Left by a process that was killed while it dropped seals.
                places.push(seal.sequence());
                continue;
            }
            let StoredSeal::Whole(seal) = seal else { break };
            let is_needed = runs.contains_key(&seal.run);
            if seal.sequence > until || seal.sequence != tree.size() + 1 || is_needed {
                break;
            }
            tree.push(seal.digest);
            places.push(seal.sequence);
        }
        if places.is_empty() {
            return Ok(());
        }
        self.seals.journals.insert(&JournalEntry {
            id: 1,
            log_id,
            dropped: tree.size(),
            peaks: Hexadecimal(&tree.peaks()).to_string(),
        })?;
        places
            .into_iter()
            .try_for_each(|place| self.seals.entries.remove(place))
    }
}

impl<S: KvStore> JournalStore for KvLogStore<S> {
    fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        let _turn = self.turn()?;
        let Some(journal) = self.seals.journal()? else {
            return Ok(None);
        };
        let seals = all(&*self.store)?.into_iter();
        let kept = seals.filter(|seal| seal.sequence() > journal.dropped());
        checkpoint(&journal, kept.map(Ok)).map(Some)
    }

    fn seals_after(&self, place: u64, limit: usize) -> Result<Vec<Seal>> {
        let seals = all(&*self.store)?.into_iter();
        let after = seals.filter(|seal| seal.sequence() > place);
        after.take(limit).map(StoredSeal::whole).collect()
    }

    fn dropped_seals(&self) -> Result<Option<(String, Tree)>> {
        let journal = self.seals.journal()?;
        journal.map(Journal::into_left_edge).transpose()
    }

    fn shipped(&self, target: &str) -> Result<Option<u64>> {
        self.seals.shipped(target)
    }

    fn set_shipped(&self, target: &str, sequence: u64) -> Result<()> {
        let _turn = self.turn()?;
        self.seals.set_shipped(target, sequence)
    }

    fn shipped_everywhere(&self) -> Result<Option<u64>> {
        self.seals.shipped_everywhere()
    }
}
