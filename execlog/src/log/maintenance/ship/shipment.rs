//! Sends the changes of a log, and reads the next ones while a target receives the last ones.

use super::lineage::{self, Lineage};
use super::meanwhile::both;
use super::windows::{Window, Windows};
use super::{ShipReport, Shipping, liveness};
use crate::error::{Error, Result};
use crate::log::Threads;
use crate::log::core::Core;
use crate::seal::Tree;
use crate::store::{Receipt, Refused, Target, deadline};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// A log on its way to a target.
pub(super) struct Shipment<'a, T: Threads> {
    core: &'a Core<T>,
    target: &'a dyn Target,
    shipping: &'a Shipping,
    name: String,
    log_id: String,
    dropped: Tree,
    /// The place of the newest seal that was sent.
    place: u64,
    /// The place up to which the target had everything before.
    known: u64,
    is_told: bool,
    /// The place before the first seal whose run stays behind. The log keeps no later one.
    held: u64,
    windows: Windows<'a, T>,
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
            is_told,
        } = lineage::of(core, target, &name)?;
        Ok(Self {
            core,
            target,
            shipping,
            name,
            log_id,
            place: if shipping.is_all {
                dropped.size()
            } else {
                place
            },
            dropped,
            known: place,
            is_told,
            held: u64::MAX,
            windows: Windows::new(core, shipping),
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
        self.report.left_behind.extend(self.windows.unreadable());
        Ok(self.report)
    }

    fn send_all(&mut self, is_over: &dyn Fn() -> bool) -> Result<()> {
        let mut next = None;
        loop {
            // Runs may have begun or ended while the last window was received.
            let read = match next {
                Some(window) => Some(window),
                None => self.windows.after(self.place)?,
            };
            let Some(window) = read else {
                break;
            };
            if is_over() {
                self.report.is_cut_short = true;
                return Ok(());
            }
            let last = window.last().unwrap_or(self.place);
            next = self.send_and_read(&window, |windows| windows.after(last))?;
        }
        let mut next = self.windows.next_unlike()?;
        while let Some(window) = next {
            next = self.send_and_read(&window, Windows::next_unlike)?;
        }
        self.send_unended()
    }

    /// Sends the ends that no seal tells of, and whether the other runs are alive.
    fn send_unended(&mut self) -> Result<()> {
        let told = liveness::tell(self.core, self.target, &self.log_id)?;
        self.name_again(&told.refused);
        self.report.left_behind.extend(told.refused);
        let ended = told.ended.into_iter();
        let window = Window::of_runs(ended.map(|run| self.windows.packed(run, 0)).collect());
        if window.runs.is_empty() {
            return Ok(());
        }
        let parcel = window.parcel(&self.log_id, &self.dropped);
        let receipt = self.target.receive(&parcel)?;
        self.name_again(&receipt.refused);
        self.note_received(&window, receipt)
    }

    /// Forgets that these runs were refused, so that none is named twice: an end may be refused with its seal, and
    /// again without it.
    fn name_again(&mut self, refused: &[Refused]) {
        let refused: HashSet<_> = refused.iter().map(|refused| &refused.run).collect();
        let left = &mut self.report.left_behind;
        left.retain(|left| !refused.contains(&left.run));
    }

    /// Sends a window, and reads the next one meanwhile if the target can be called from another thread.
    fn send_and_read(
        &mut self,
        window: &Window,
        next: impl FnOnce(&mut Windows<'a, T>) -> Result<Option<Window>>,
    ) -> Result<Option<Window>> {
        if window.runs.is_empty() && window.seals.is_empty() {
            return next(&mut self.windows);
        }
        let parcel = window.parcel(&self.log_id, &self.dropped);
        if let Some(target) = self.target.as_shared() {
            let receive = || timed(|| target.receive(&parcel));
            let windows = &mut self.windows;
            let ((receipt, took), next) = both(receive, || next(windows));
            self.windows.fit(took);
            self.note_received(window, receipt?)?;
            next
        } else {
            let (receipt, took) = timed(|| self.target.receive(&parcel));
            self.windows.fit(took);
            self.note_received(window, receipt?)?;
            next(&mut self.windows)
        }
    }

    fn note_received(&mut self, window: &Window, receipt: Receipt) -> Result<()> {
        let held = self.held;
        if self.is_told {
            let first = window.first_left_behind(&receipt.refused);
            self.held = held.min(first.map_or(u64::MAX, |first| first - 1));
        }
        self.report.sent += receipt.stored;
        self.report.seals += window.seals.len();
        self.report.left_behind.extend(receipt.refused);
        if let Some(place) = window.last() {
            self.place = place;
        }
        if window.last().is_some() || self.held < held {
            let place = self.place.max(self.known).min(self.held);
            self.core.store().set_shipped(&self.name, place)?;
        }
        Ok(())
    }
}

/// The result of `work`, and how long it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    (work(), began.elapsed())
}
