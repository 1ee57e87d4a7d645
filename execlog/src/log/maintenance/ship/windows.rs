//! Reads the changes of a log in the order of their seals, a window of them at a time.
//!
//! A run is in a window with its newest seal there, and only if it is as that seal says. If not, a later window has
//! a newer seal of it, or it was changed without one: then it is in the last windows, for the target to find.

use super::Shipping;
use crate::error::{Error, Result};
use crate::log::Threads;
use crate::log::core::Core;
use crate::model::StoredRun;
use crate::query::{Contexts, Order, Selection};
use crate::seal::{Seal, SealEvent, Tree};
use crate::store::{Parcel, Refused, SentRun};
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// How many seals are looked at together at first. Most runs have two.
const FIRST: usize = 2000;

/// The fewest: a target that takes seconds for more of them gets some within a time limit.
const LEAST: usize = 250;

/// The most that are held in memory, twice.
const MOST: usize = 8000;

/// A target that is quicker than this gets more the next time.
const QUICK: Duration = Duration::from_millis(100);

/// A target that is slower than this gets fewer the next time.
const SLOW: Duration = Duration::from_secs(1);

/// How many seals a window has after one with so many, for which the target took so long.
fn fitted(seals: usize, took: Duration) -> usize {
    if took < QUICK {
        MOST.min(seals * 2)
    } else if took > SLOW {
        LEAST.max(seals / 2)
    } else {
        seals
    }
}

/// Some seals of a log, and the runs that are as they say.
#[derive(Default)]
pub(super) struct Window {
    pub(super) runs: Vec<SentRun>,
    pub(super) seals: Vec<Seal>,
    /// The place of the first seal whose run cannot be read.
    unread: Option<u64>,
}

impl Window {
    /// Runs without seals.
    pub(super) fn of_runs(runs: Vec<SentRun>) -> Self {
        Self {
            runs,
            ..Self::default()
        }
    }

    /// What a target receives of it.
    pub(super) fn parcel<'a>(&'a self, log_id: &'a str, dropped: &'a Tree) -> Parcel<'a> {
        Parcel {
            log_id,
            runs: &self.runs,
            seals: &self.seals,
            dropped,
        }
    }

    /// The place of the first seal of a run that was refused for now, or that cannot be read.
    pub(super) fn first_left_behind(&self, refused: &[Refused]) -> Option<u64> {
        let refused: HashSet<_> = refused
            .iter()
            .filter(|refused| !refused.is_final)
            .map(|refused| &refused.run)
            .collect();
        let runs = self.runs.iter();
        runs.filter(|sent| refused.contains(&sent.run.record.execution_id))
            .map(|sent| sent.sequence)
            .filter(|sequence| *sequence > 0)
            .chain(self.unread)
            .min()
    }

    /// The place of its last seal.
    pub(super) fn last(&self) -> Option<u64> {
        self.seals.last().map(|seal| seal.sequence)
    }
}

/// The windows of a log.
pub(super) struct Windows<'a, T: Threads> {
    core: &'a Core<T>,
    shipping: &'a Shipping,
    /// How many seals the next window has.
    seals: usize,
    /// The runs that are not as their newest seal so far says, with its place.
    unlike: BTreeMap<i64, u64>,
    /// The runs that cannot be read, and why.
    unreadable: BTreeMap<String, String>,
}

impl<'a, T: Threads> Windows<'a, T> {
    pub(super) fn new(core: &'a Core<T>, shipping: &'a Shipping) -> Self {
        Self {
            core,
            shipping,
            seals: FIRST,
            unlike: BTreeMap::new(),
            unreadable: BTreeMap::new(),
        }
    }

    /// The runs that cannot be read.
    pub(super) fn unreadable(self) -> impl Iterator<Item = Refused> {
        let unreadable = self.unreadable.into_iter();
        unreadable.map(|(run, reason)| Refused::new(run, reason))
    }

    /// Makes the windows larger or smaller, by the time that the target took for the last one.
    pub(super) fn fit(&mut self, took: Duration) {
        self.seals = fitted(self.seals, took);
    }

    /// The window behind this place. `None` if there are no more seals.
    pub(super) fn after(&mut self, place: u64) -> Result<Option<Window>> {
        let seals = self.core.store().seals_after(place, self.seals)?;
        if seals.is_empty() {
            return Ok(None);
        }
        let mut newest = BTreeMap::new();
        for seal in &seals {
            newest.insert(seal.run, *seal);
        }
        let numbers: Vec<i64> = newest
            .values()
            .filter(|seal| seal.event != SealEvent::Removed)
            .map(|seal| seal.run)
            .collect();
        for number in newest.keys() {
            self.unlike.remove(number);
        }
        let mut runs = Vec::new();
        let read = self.read(&numbers)?;
        let unread = read.first_unread(&numbers, |number| newest[&number].sequence);
        for run in read.runs {
            let number = run.record.id;
            match newest.get(&number) {
                Some(seal) if seal.is_of(Some(&run)) => {
                    runs.push(self.packed(run, seal.sequence));
                }
                Some(seal) => {
                    self.unlike.insert(number, seal.sequence);
                }
                None => {}
            }
        }
        Ok(Some(Window {
            runs,
            seals,
            unread,
        }))
    }

    /// Some of the runs that were changed without a seal. `None` if there are no more.
    pub(super) fn next_unlike(&mut self) -> Result<Option<Window>> {
        let mut unlike = BTreeMap::new();
        while unlike.len() < self.seals / 2
            && let Some((number, sequence)) = self.unlike.pop_first()
        {
            unlike.insert(number, sequence);
        }
        if unlike.is_empty() {
            return Ok(None);
        }
        let numbers: Vec<i64> = unlike.keys().copied().collect();
        let read = self.read(&numbers)?;
        let unread = read.first_unread(&numbers, |number| unlike[&number]);
        let packed = |run: StoredRun| {
            let sequence = unlike.get(&run.record.id).copied().unwrap_or(0);
            self.packed(run, sequence)
        };
        Ok(Some(Window {
            runs: read.runs.into_iter().map(packed).collect(),
            unread,
            ..Window::default()
        }))
    }

    pub(super) fn packed(&self, mut run: StoredRun, sequence: u64) -> SentRun {
        let is_whole = self.shipping.strip(&mut run);
        SentRun {
            run,
            sequence,
            is_whole,
        }
    }

    /// The runs with these numbers, as far as they exist and can be read.
    fn read(&mut self, numbers: &[i64]) -> Result<Read> {
        let mut read = Read::default();
        if numbers.is_empty() {
            return Ok(read);
        }
        let mut selection = Selection {
            contexts: Contexts::All,
            order: Order::AsAdded,
            wanted: Some(numbers.len()),
            ..Selection::default()
        };
        selection.filter.numbers = Some(numbers.to_vec());
        for run in self.core.store().runs(selection) {
            match run {
                Ok(run) => read.runs.push(run),
                Err(Error::Corrupt { key, reason }) => {
                    self.unreadable.insert(key, reason);
                    read.is_partial = true;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }
}

/// Runs that were read.
#[derive(Default)]
struct Read {
    runs: Vec<StoredRun>,
    /// Whether one of them could not be read. Its number is not known.
    is_partial: bool,
}

impl Read {
    /// The place of the first of these runs that was not read, if one could not be.
    fn first_unread(&self, numbers: &[i64], place_of: impl Fn(i64) -> u64) -> Option<u64> {
        if !self.is_partial {
            return None;
        }
        let read: HashSet<i64> = self.runs.iter().map(|run| run.record.id).collect();
        let unread = numbers.iter().filter(|number| !read.contains(number));
        unread.map(|number| place_of(*number)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::{FIRST, LEAST, MOST, fitted};
    use std::time::Duration;

    #[test]
    fn a_quick_target_gets_larger_windows_and_a_slow_one_smaller() {
        let sizes = |millis| {
            let took = Duration::from_millis(millis);
            let next = |seals: &usize| Some(fitted(*seals, took));
            let sizes = std::iter::successors(Some(FIRST), next);
            sizes.take(5).collect::<Vec<_>>()
        };
        assert_eq!(sizes(99), [FIRST, 4000, MOST, MOST, MOST]);
        assert_eq!(sizes(100), [FIRST; 5]);
        assert_eq!(sizes(1000), [FIRST; 5]);
        assert_eq!(sizes(1001), [FIRST, 1000, 500, LEAST, LEAST]);
    }
}
