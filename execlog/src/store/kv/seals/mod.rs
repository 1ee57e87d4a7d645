//! The journal of seals in a key-value store.
//!
//! A seal is written before the change that it is of. So after a kill only the newest seal can be of a
//! change that was not written, and the next writer seals what is there instead. `entry` is a stored seal,
//! `sealing` seals the changes of a log, and `check` compares the runs with their seals.

mod check;
mod entry;
mod sealing;

pub(super) use check::check;

use super::place::{has_gap_after, last_taken};
use crate::error::{Error, Result};
use crate::kv::{KvRecord, KvStore, Table};
use crate::model::StoredRun;
use crate::seal::hexadecimal::bytes;
use crate::seal::{Digest, SealEvent, Tree};
use crate::store::Sealed;
use crate::store::seals::{Journal, StoredSeal};
use entry::{JournalEntry, SealEntry, ShippedEntry};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The seals of a log in a key-value store.
pub(super) struct Seals<S> {
    entries: Table<SealEntry, S>,
    journals: Table<JournalEntry, S>,
    shipped: Table<ShippedEntry, S>,
    is_off: AtomicBool,
    /// Whether the newest seal was found to be of a change that was written.
    is_checked: AtomicBool,
    /// A place known to be taken, or 0.
    known: AtomicU64,
    /// The newest seal that this handle wrote, or 0.
    newest: AtomicU64,
    /// The id of the log, once it is known.
    log_id: Mutex<Option<String>>,
}

impl<S: KvStore + Clone> Seals<S> {
    pub(super) fn new(store: &S) -> Self {
        Self {
            entries: Table::new(store.clone()),
            journals: Table::new(store.clone()),
            shipped: Table::new(store.clone()),
            is_off: AtomicBool::new(false),
            is_checked: AtomicBool::new(false),
            known: AtomicU64::new(0),
            newest: AtomicU64::new(0),
            log_id: Mutex::new(None),
        }
    }
}

impl<S: KvStore> Seals<S> {
    pub(super) fn turn_off(&self) {
        self.is_off.store(true, Ordering::Relaxed);
    }

    fn is_on(&self) -> bool {
        !self.is_off.load(Ordering::Relaxed)
    }

    /// Forgets what was written in a transaction that was rolled back.
    pub(super) fn forget(&self) {
        *self.log_id.lock() = None;
        self.is_checked.store(false, Ordering::Relaxed);
        self.newest.store(0, Ordering::Relaxed);
    }

    /// The log as of the newest seal that this handle wrote.
    pub(super) fn newest(&self) -> Option<Sealed> {
        let seals = self.newest.load(Ordering::Relaxed);
        let log_id = self.log_id.lock().clone()?;
        (seals > 0).then_some(Sealed { log_id, seals })
    }

    /// How far this target has come.
    pub(super) fn shipped(&self, target: &str) -> Result<Option<u64>> {
        let entry = self.shipped.get(target)?;
        Ok(entry.map(|entry| entry.sequence))
    }

    pub(super) fn set_shipped(&self, target: &str, sequence: u64) -> Result<()> {
        let target = target.to_owned();
        self.shipped.insert(&ShippedEntry { target, sequence })
    }

    /// The place of the newest seal that every target has.
    pub(super) fn shipped_everywhere(&self) -> Result<Option<u64>> {
        let mut least: Option<u64> = None;
        for entry in self.shipped.scan()? {
            let sequence = entry?.sequence;
            least = Some(least.map_or(sequence, |least| least.min(sequence)));
        }
        Ok(least)
    }

    fn append(&self, number: i64, event: SealEvent, run: Option<&StoredRun>) -> Result<()> {
        const TRIES: usize = 5;
        let digest = Digest::of(event, number, run);
        let mut tries = 0;
        let sequence = loop {
            let sequence = self.last()? + 1;
            let entry = SealEntry::new(sequence, number, event, digest);
            tries += 1;
            match self.entries.insert(&entry) {
                Ok(()) => break sequence,
                // Another process has taken the place meanwhile: it writes to the graph without its engine.
                Err(_) if tries < TRIES && self.entries.contains(sequence)? => {}
                Err(error) => return Err(error),
            }
        };
        self.known.store(sequence, Ordering::Relaxed);
        self.newest.store(sequence, Ordering::Relaxed);
        Ok(())
    }

    /// The place of the newest seal, or 0.
    fn last(&self) -> Result<u64> {
        let known = self.known.load(Ordering::Relaxed);
        // Another handle may have dropped the seal at the known place, but never the newest.
        let known = if known > 0 && self.entries.contains(known)? {
            known
        } else {
            self.journals.get(1)?.map_or(0, |journal| journal.dropped)
        };
        let is_taken = |place| self.entries.contains(place);
        let mut last = last_taken(known, is_taken)?;
        if self.known.load(Ordering::Relaxed) == 0 && has_gap_after(last, is_taken)? {
            // A seal is missing. What follows must not be written over.
            last = self.last_stored()?.max(last);
        }
        self.known.store(last, Ordering::Relaxed);
        Ok(last)
    }

    /// The last place of all stored seals, however many are missing.
    fn last_stored(&self) -> Result<u64> {
        let mut last = 0;
        for entry in self.entries.scan()? {
            match entry {
                Ok(entry) => last = last.max(entry.sequence),
                Err(Error::Corrupt { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(last)
    }

    fn journal(&self) -> Result<Option<Journal>> {
        let Some(entry) = self.journals.get(1)? else {
            return Ok(None);
        };
        let peaks = bytes(&entry.peaks);
        Ok(Some(Journal {
            last: self.last()?,
            dropped: peaks.and_then(|peaks| Tree::of_peaks(entry.dropped, &peaks)),
            log_id: entry.log_id,
        }))
    }

    /// The id of the log and the number of its seals.
    pub(super) fn sealed(&self) -> Result<Option<Sealed>> {
        Ok(self.journal()?.map(|journal| Sealed {
            log_id: journal.log_id,
            seals: journal.last,
        }))
    }

    /// Removes the whole journal, but for the id of the log if that can be read.
    fn remove_all(&self, store: &impl KvStore) -> Result<()> {
        let journal = match self.journals.get(1) {
            Err(Error::Corrupt { .. }) => None,
            journal => journal?,
        };
        match journal {
            Some(journal) => self.journals.insert(&JournalEntry {
                dropped: 0,
                peaks: String::new(),
                ..journal
            })?,
            None => self.journals.remove(1)?,
        }
        for (key, _) in store.scan(&SealEntry::key_prefix())? {
            store.delete(&key)?;
        }
        self.known.store(0, Ordering::Relaxed);
        self.forget();
        Ok(())
    }
}

/// All seals by place. One that cannot be read is damaged.
fn all(store: &impl KvStore) -> Result<Vec<StoredSeal>> {
    let mut seals = Vec::new();
    for (key, value) in store.scan(&SealEntry::key_prefix())? {
        seals.push(
            match Table::<SealEntry, &dyn KvStore>::decode(&key, &value) {
                Ok(entry) => entry.stored(),
                Err(Error::Corrupt { .. }) => StoredSeal::Damaged {
                    sequence: SealEntry::parse_key(&key).unwrap_or_default(),
                    run: None,
                },
                Err(error) => return Err(error),
            },
        );
    }
    seals.sort_by_key(StoredSeal::sequence);
    Ok(seals)
}
