//! Detecting that a log has lost runs, by its head file.

use super::Core;
use super::head_file::{HeadFile, HeadState};
use crate::error::{Error, Result};
use crate::log::threads::Store;
use crate::store::{CreateIfMissing, SEALS_ARE_KEPT, Sealed};
use parking_lot::Mutex;
use std::fmt;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Runs that are missing from a log by its head file. `Display` describes the loss.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loss {
    /// The last run number in the head file.
    pub had: i64,
    /// The last run number in the log.
    pub has: i64,
    /// The number of seals in the head file.
    pub had_seals: u64,
    /// The number of seals in the log.
    pub has_seals: u64,
    /// The path of the head file.
    pub head: PathBuf,
    cause: Cause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The whole log was removed. A new one is started.
    Removed,
    /// The machine was restarted since, and a power cut may lose the newest runs.
    PowerCut,
    /// The log was damaged, or replaced by an older copy.
    Unknown,
    /// The log has another id.
    OtherLog,
}

impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (had, has, what) = if self.has < self.had || self.cause == Cause::Removed {
            (self.had.unsigned_abs(), self.has.unsigned_abs(), "runs")
        } else {
            (self.had_seals, self.has_seals, "seals")
        };
        match self.cause {
            Cause::OtherLog => {
                write!(
                    formatter,
                    "the head file is of another log: the log was replaced"
                )
            }
            Cause::Removed => write!(formatter, "the log had {had} {what} and was removed"),
            Cause::PowerCut => write!(
                formatter,
                "the log had {had} {what} and has {has}: the newest were lost when the machine stopped"
            ),
            Cause::Unknown => write!(
                formatter,
                "the log had {had} {what} and has {has}: it was damaged or replaced by another copy"
            ),
        }
    }
}

/// The state of the head file as one handle knows it.
#[derive(Debug, Default)]
pub(super) struct Headed {
    file: OnceLock<HeadFile>,
    /// The log was compared with the head file, and no runs are missing.
    is_checked: AtomicBool,
    /// A reader was warned of the loss.
    has_warned: AtomicBool,
    /// How often the file was replaced when it was last looked at.
    replacements: AtomicU64,
    numbers: Mutex<Numbers>,
}

/// What this log has written.
#[derive(Debug, Default)]
struct Numbers {
    /// The last run number that is not flushed yet.
    unwritten: Option<i64>,
    /// What the head file was given, or `None` if it may say anything.
    written: Option<HeadState>,
}

impl<T: Store> Core<T> {
    /// Compares the log with its head file.
    pub(in crate::log) fn loss(&self) -> Result<Option<Loss>> {
        let Some(file) = self.head_file()? else {
            return Ok(None);
        };
        // Reads the head file before the log, so that a run beginning in between is not counted as
        // lost.
        let Some(head) = file.read() else {
            return Ok(None);
        };
        let last = self.store().last_number()?;
        let has = last.unwrap_or(0);
        let sealed = self.store().sealed()?;
        let is_other = sealed.as_ref().is_some_and(|sealed| {
            !head.state.log_id.is_empty() && sealed.log_id != head.state.log_id
        });
        let has_seals = sealed.map_or(0, |sealed| sealed.seals);
        let lacks_seals = SEALS_ARE_KEPT && has_seals < head.state.seals;
        if has >= head.state.runs && !lacks_seals && !is_other {
            return Ok(None);
        }
        let is_power_cut = !head.is_of_this_boot && self.store().forgets_newest_at_power_cut();
        Ok(Some(Loss {
            had: head.state.runs,
            has,
            had_seals: head.state.seals,
            has_seals,
            head: file.path().to_owned(),
            cause: match last {
                None => Cause::Removed,
                Some(_) if is_power_cut => Cause::PowerCut,
                Some(_) if has < head.state.runs || lacks_seals => Cause::Unknown,
                Some(_) => Cause::OtherLog,
            },
        }))
    }

    /// Writes the present state of the log to the head file.
    pub(in crate::log) fn rewrite_head(&self) -> Result<()> {
        let mut numbers = self.headed.numbers.lock();
        let runs = self.store().last_number()?.unwrap_or(0);
        let state = state(runs, self.store().sealed()?);
        if let Some(file) = self.head_file()? {
            file.write(&state);
        }
        *numbers = Numbers {
            unwritten: None,
            written: Some(state),
        };
        Ok(())
    }

    /// Allows writing without comparing the log with its head file.
    pub(in crate::log) fn skip_head_check(&self) {
        self.headed.is_checked.store(true, Ordering::Relaxed);
    }

    /// Checks that the log may be written to.
    ///
    /// Costs one look at the file's metadata per call, and one read of the head file per handle.
    pub(in crate::log) fn check(&self) -> Result<()> {
        let replacements = self.store().look_again();
        let was_replaced = self
            .headed
            .replacements
            .swap(replacements, Ordering::AcqRel)
            != replacements;
        if was_replaced {
            self.headed.is_checked.store(false, Ordering::Release);
            *self.headed.numbers.lock() = Numbers::default();
            tracing::warn!(
                "the log file was removed or replaced while it was open: \
                 runs are now written to the new file of that name"
            );
        }
        self.check_head(was_replaced)
    }

    /// Compares the log with its head file, once per handle. Does not warn of a removed log if a
    /// warning of the replaced file was just logged.
    pub(in crate::log) fn check_head(&self, was_replaced: bool) -> Result<()> {
        if self.headed.is_checked.load(Ordering::Relaxed) {
            return Ok(());
        }
        match self.loss() {
            Ok(Some(loss)) if loss.cause == Cause::Unknown && loss.has >= loss.had => {
                return Err(Error::SealsLost {
                    head: loss.head,
                    had: loss.had_seals,
                    has: loss.has_seals,
                });
            }
            Ok(Some(loss)) if loss.cause == Cause::Unknown => {
                return Err(Error::RunsLost {
                    head: loss.head,
                    had: loss.had,
                    has: loss.has,
                });
            }
            Ok(Some(loss)) if loss.cause == Cause::OtherLog => tracing::warn!("{loss}"),
            Ok(Some(loss)) if !was_replaced => tracing::warn!("starting a new log: {loss}"),
            // The index is rebuilt before the next run is written.
            Ok(_) | Err(Error::Corrupt { .. }) => {}
            Err(error) => return Err(error),
        }
        // Retries later if the path of the file is not known yet.
        self.headed
            .is_checked
            .store(self.headed.file.get().is_some(), Ordering::Relaxed);
        Ok(())
    }

    /// Warns once, on reading, if the log has lost runs.
    pub(in crate::log) fn warn_of_loss(&self) {
        if !self.headed.is_checked.load(Ordering::Relaxed)
            && !self.headed.has_warned.swap(true, Ordering::Relaxed)
            && let Ok(Some(loss)) = self.loss()
        {
            tracing::warn!("runs are missing from the log: {loss}");
        }
    }

    /// Writes the noted number and the number of seals to the head file, after they are flushed.
    pub(in crate::log) fn write_head(&self) {
        // Locked until the file is written, so that a smaller number cannot overwrite a larger one.
        let mut numbers = self.headed.numbers.lock();
        let unwritten = numbers.unwritten.take();
        let sealed = self.store().newest_seal();
        let written = numbers.written.as_ref();
        let has_more_runs = unwritten > written.map(|written| written.runs);
        let seals = sealed.as_ref().map(|sealed| sealed.seals);
        let has_more_seals = seals > written.map(|written| written.seals);
        // The host may still roll back its transaction.
        if !(has_more_runs || has_more_seals) || self.store().may_be_undone() {
            return;
        }
        let had = written.map(|written| written.runs);
        let last = || self.store().last_number().ok().flatten();
        let Some(runs) = unwritten.max(had).or_else(last) else {
            return;
        };
        if let Ok(Some(file)) = self.head_file() {
            // A handle that writes no seals still says how many there are.
            let sealed = sealed.or_else(|| self.store().sealed().ok().flatten());
            let state = state(runs, sealed);
            file.write(&state);
            numbers.written = Some(state);
        }
    }

    /// Notes a run number, which is written to the head file after the next flush.
    pub(in crate::log) fn note_number(&self, number: i64) {
        // The host may roll it back before the head file is written.
        if !self.store().may_be_undone() {
            let mut numbers = self.headed.numbers.lock();
            numbers.unwritten = numbers.unwritten.max(Some(number));
        }
    }

    /// Notes the last run number after removals and other changes.
    pub(in crate::log) fn note_last_number(&self) {
        if let Ok(Some(number)) = self.store().last_number() {
            // In a table without AUTOINCREMENT, removing the newest run lowers it.
            *self.headed.numbers.lock() = Numbers::default();
            self.note_number(number);
        }
    }

    fn head_file(&self) -> Result<Option<&HeadFile>> {
        if self.headed.file.get().is_none()
            && let Some(locks) = self.locks.folder(self.store(), CreateIfMissing::No)?
        {
            let file = || HeadFile::in_folder(locks.path(), self.store().head_name());
            return Ok(Some(self.headed.file.get_or_init(file)));
        }
        Ok(self.headed.file.get())
    }
}

fn state(runs: i64, sealed: Option<Sealed>) -> HeadState {
    let (log_id, seals) =
        sealed.map_or_else(Default::default, |sealed| (sealed.log_id, sealed.seals));
    HeadState {
        runs,
        seals,
        log_id,
    }
}
