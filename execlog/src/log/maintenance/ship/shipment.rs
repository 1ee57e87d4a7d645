//! Sends the changes of a log in the order of their seals.
//!
//! A run is sent with its newest seal of a window, and only if it is as that seal says. If not, a later window
//! has a newer seal of it, or it was changed without one: then it is sent at the end, for the target to find.

use super::lineage::{self, Lineage};
use super::liveness;
use super::{ShipReport, Shipping};
use crate::error::{Error, Result};
use crate::log::Threads;
use crate::log::core::Core;
use crate::model::StoredRun;
use crate::query::{Contexts, Order, Selection};
use crate::seal::{Seal, SealEvent, Tree};
use crate::store::{Parcel, Refused, SentRun, Target, deadline};
use std::collections::BTreeMap;
use std::time::Instant;

/// How many seals are looked at together. A run has two at least.
const WINDOW: usize = 2000;

/// A log on its way to a target.
pub(super) struct Shipment<'a, T: Threads> {
    core: &'a Core<T>,
    target: &'a dyn Target,
    shipping: &'a Shipping,
    name: String,
    log_id: String,
    dropped: Tree,
    /// The place of the newest seal that the target has.
    place: u64,
    /// The runs that are not as their newest seal so far says, with its place.
    unlike: BTreeMap<i64, u64>,
    report: ShipReport,
}

impl<'a, T: Threads> Shipment<'a, T> {
    pub(super) fn new(
        core: &'a Core<T>,
        target: &'a dyn Target,
        shipping: &'a Shipping,
    ) -> Result<Self> {
        let name = target.name();
        let Lineage {
            log_id,
            dropped,
            place,
        } = lineage::of(core, target, &name)?;
        Ok(Self {
            core,
            target,
            shipping,
            name,
            log_id,
            dropped,
            place,
            unlike: BTreeMap::new(),
            report: ShipReport::default(),
        })
    }

    /// Sends everything, or as much as the time allows.
    pub(super) fn send(mut self) -> Result<ShipReport> {
        let give_up = self.shipping.time_limit.map(deadline::of_call);
        let is_over = || give_up.is_some_and(|give_up| Instant::now() >= give_up);
        match self.send_all(&is_over) {
            // The target was well, and had no time for the rest.
            Err(Error::ServerTooSlow { .. }) if self.report.sent > 0 && is_over() => {
                self.report.is_cut_short = true;
            }
            Err(error) => return Err(error),
            Ok(()) => {}
        }
        Ok(self.report)
    }

    fn send_all(&mut self, is_over: &dyn Fn() -> bool) -> Result<()> {
        loop {
            let seals = self.core.store().seals_after(self.place, WINDOW)?;
            let Some(last) = seals.last() else {
                break;
            };
            if is_over() {
                self.report.is_cut_short = true;
                return Ok(());
            }
            let last = last.sequence;
            self.send_window(&seals)?;
            self.place = last;
            self.core.store().set_shipped(&self.name, last)?;
        }
        self.send_unlike()?;
        self.send_unended()
    }

    /// Sends the runs that these seals are of.
    fn send_window(&mut self, seals: &[Seal]) -> Result<()> {
        let mut newest = BTreeMap::new();
        for seal in seals {
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
        let mut sent = Vec::new();
        for run in self.read(numbers)? {
            let number = run.record.id;
            match newest.get(&number) {
                Some(seal) if seal.is_of(Some(&run)) => {
                    sent.push(self.packed(run, seal.sequence));
                }
                Some(seal) => {
                    self.unlike.insert(number, seal.sequence);
                }
                None => {}
            }
        }
        self.send_parcel(&sent, seals)
    }

    /// Sends the runs that were changed without a seal.
    fn send_unlike(&mut self) -> Result<()> {
        let unlike = std::mem::take(&mut self.unlike);
        let numbers: Vec<i64> = unlike.keys().copied().collect();
        for numbers in numbers.chunks(WINDOW / 2) {
            let runs = self.read(numbers.to_vec())?.into_iter();
            let sent = runs.map(|run| {
                let sequence = unlike.get(&run.record.id).copied().unwrap_or(0);
                self.packed(run, sequence)
            });
            let sent: Vec<_> = sent.collect();
            self.send_parcel(&sent, &[])?;
        }
        Ok(())
    }

    /// Sends the ends that no seal tells of, and whether the other runs are alive.
    fn send_unended(&mut self) -> Result<()> {
        let ended = liveness::tell(self.core, self.target, &self.log_id)?;
        let sent: Vec<_> = ended.into_iter().map(|run| self.packed(run, 0)).collect();
        self.send_parcel(&sent, &[])
    }

    fn packed(&self, mut run: StoredRun, sequence: u64) -> SentRun {
        let is_whole = self.shipping.strip(&mut run);
        SentRun {
            run,
            sequence,
            is_whole,
        }
    }

    fn send_parcel(&mut self, runs: &[SentRun], seals: &[Seal]) -> Result<()> {
        if runs.is_empty() && seals.is_empty() {
            return Ok(());
        }
        let refused = self.target.receive(&Parcel {
            log_id: &self.log_id,
            runs,
            seals,
            dropped: &self.dropped,
        })?;
        self.report.sent += runs.len().saturating_sub(refused.len());
        self.report.seals += seals.len();
        self.report.left_behind.extend(refused);
        Ok(())
    }

    /// The runs with these numbers, as far as they exist. Those that cannot be read are left behind.
    fn read(&mut self, numbers: Vec<i64>) -> Result<Vec<StoredRun>> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let mut selection = Selection {
            contexts: Contexts::All,
            order: Order::AsAdded,
            wanted: Some(numbers.len()),
            ..Selection::default()
        };
        selection.filter.numbers = Some(numbers);
        let mut read = Vec::new();
        for run in self.core.store().runs(selection) {
            match run {
                Ok(run) => read.push(run),
                Err(Error::Corrupt { key, reason }) => {
                    let left = &mut self.report.left_behind;
                    if !left.iter().any(|left| left.run == key) {
                        left.push(Refused::new(key, reason));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }
}
