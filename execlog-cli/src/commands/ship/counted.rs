//! A target that counts what it takes.

use crate::output::progress::Progress;
use execlog::{Digest, Parcel, Receipt, Refused, Result, Target};

/// A target that shows on a progress bar how many runs it has taken.
pub(super) struct Counted<'a, T: ?Sized> {
    target: &'a T,
    progress: &'a Progress,
    /// The same for other threads.
    shared: Option<Box<Counted<'a, dyn Target + Sync + 'a>>>,
}

impl<'a> Counted<'a, dyn Target + 'a> {
    pub(super) fn new(target: &'a dyn Target, progress: &'a Progress) -> Self {
        let shared = target.as_shared().map(|target| {
            Box::new(Counted {
                target,
                progress,
                shared: None,
            })
        });
        Self {
            target,
            progress,
            shared,
        }
    }
}

impl<T: Target + ?Sized> Target for Counted<'_, T> {
    fn name(&self) -> String {
        self.target.name()
    }

    fn as_shared(&self) -> Option<&(dyn Target + Sync)> {
        let shared = self.shared.as_deref()?;
        Some(shared)
    }

    fn position(&self, log_id: &str) -> Result<Option<u64>> {
        self.target.position(log_id)
    }

    fn digest_at(&self, log_id: &str, sequence: u64) -> Result<Option<Digest>> {
        self.target.digest_at(log_id, sequence)
    }

    fn receive(&self, parcel: &Parcel<'_>) -> Result<Receipt> {
        let receipt = self.target.receive(parcel)?;
        let runs = u64::try_from(parcel.runs.len()).unwrap_or(u64::MAX);
        self.progress.advance(runs);
        Ok(receipt)
    }

    fn running(&self, log_id: &str) -> Result<Vec<String>> {
        self.target.running(log_id)
    }

    fn hear(&self, log_id: &str, alive: &[&str], dead: &[&str]) -> Result<Vec<Refused>> {
        self.target.hear(log_id, alive, dead)
    }
}
