//! Noticing that a log has lost runs, by its head file.

use super::Core;
use super::head_file::HeadFile;
use crate::error::{Error, Result};
use crate::log::threads::Store;
use crate::store::CreateIfMissing;
use parking_lot::Mutex;
use std::fmt;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs that a log has had and does not have any more. Says so when it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loss {
    /// The last number that the log gave to a run, by its head file.
    pub had: i64,
    /// The last number that it knows of now.
    pub has: i64,
    /// The head file.
    pub head: PathBuf,
    cause: Cause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The log was removed as a whole. It is begun anew.
    Removed,
    /// The machine was restarted meanwhile, and a power cut may take the newest runs.
    PowerCut,
    /// It was damaged, or an older copy has its place.
    Unknown,
}

impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { had, has, .. } = self;
        match self.cause {
            Cause::Removed => write!(formatter, "it had {had} runs and was removed"),
            Cause::PowerCut => write!(
                formatter,
                "it had {had} runs and has {has}: the newest were lost when the machine stopped"
            ),
            Cause::Unknown => write!(
                formatter,
                "it had {had} runs and has {has}: it was damaged, or replaced by another copy"
            ),
        }
    }
}

/// What a handle knows of the head file of its log.
#[derive(Debug, Default)]
pub(super) struct Headed {
    file: OnceLock<HeadFile>,
    /// The log was seen to have what the file says.
    is_checked: AtomicBool,
    /// It was warned of when the log was read.
    has_warned: AtomicBool,
    /// The last number that was given and is not flushed yet.
    unwritten: Mutex<Option<i64>>,
}

impl<T: Store> Core<T> {
    /// The runs that the log has had and does not have any more, by its head file.
    pub(in crate::log) fn loss(&self) -> Result<Option<Loss>> {
        let Some(file) = self.head_file()? else {
            return Ok(None);
        };
        // In this order, so that a run that begins meanwhile is not taken for lost.
        let Some(head) = file.read() else {
            return Ok(None);
        };
        let last = self.store().last_number()?;
        let has = last.unwrap_or(0);
        if has >= head.runs {
            return Ok(None);
        }
        let is_power_cut = !head.is_of_this_boot && self.store().forgets_newest_at_power_cut();
        Ok(Some(Loss {
            had: head.runs,
            has,
            head: file.path().to_owned(),
            cause: match last {
                None => Cause::Removed,
                Some(_) if is_power_cut => Cause::PowerCut,
                Some(_) => Cause::Unknown,
            },
        }))
    }

    /// Lets the head file say what the log has now.
    pub(in crate::log) fn rewrite_head(&self) -> Result<()> {
        if let Some(file) = self.head_file()? {
            file.write(self.store().last_number()?.unwrap_or(0));
        }
        Ok(())
    }

    /// Lets the log be written to, whatever its head file says.
    pub(in crate::log) fn skip_head_check(&self) {
        self.headed.is_checked.store(true, Ordering::Relaxed);
    }

    /// Looks whether the log may be written to.
    ///
    /// Costs a look at the file's metadata, and once for each handle the reading of the head file.
    pub(in crate::log) fn check(&self) -> Result<()> {
        let was_replaced = self.store().look_again();
        if was_replaced {
            self.headed.is_checked.store(false, Ordering::Relaxed);
            tracing::warn!(
                "the file of the log was removed or replaced while it was open: the log goes on in \
                 the one that has its name now"
            );
        }
        self.check_head(was_replaced)
    }

    /// Looks whether the log has what its head file says, once for each handle. One that has just been
    /// found to be another than before needs no second warning.
    pub(in crate::log) fn check_head(&self, was_replaced: bool) -> Result<()> {
        if self.headed.is_checked.load(Ordering::Relaxed) {
            return Ok(());
        }
        match self.loss() {
            Ok(Some(loss)) if loss.cause == Cause::Unknown => {
                return Err(Error::RunsLost {
                    head: loss.head,
                    had: loss.had,
                    has: loss.has,
                });
            }
            Ok(Some(loss)) if !was_replaced => tracing::warn!("the log is begun anew: {loss}"),
            // The index is made anew before the next run is written.
            Ok(_) | Err(Error::Corrupt { .. }) => {}
            Err(error) => return Err(error),
        }
        // Where the file is not known yet it is looked for again.
        self.headed
            .is_checked
            .store(self.headed.file.get().is_some(), Ordering::Relaxed);
        Ok(())
    }

    /// Warns once when a log is read that has lost runs.
    pub(in crate::log) fn warn_of_loss(&self) {
        if !self.headed.is_checked.load(Ordering::Relaxed)
            && !self.headed.has_warned.swap(true, Ordering::Relaxed)
            && let Ok(Some(loss)) = self.loss()
        {
            tracing::warn!("the log does not have all its runs: {loss}");
        }
    }

    /// Lets the head file say what was noted, when it has been flushed.
    pub(in crate::log) fn write_head(&self) {
        // Held until it is written, so that a smaller number does not follow a larger one.
        let mut unwritten = self.headed.unwritten.lock();
        let Some(number) = unwritten.take() else {
            return;
        };
        // A run that the host may still undo was not.
        if !self.store().may_be_undone()
            && let Ok(Some(file)) = self.head_file()
        {
            file.write(number);
        }
    }

    /// Keeps a number for the head file, which says it once it is flushed.
    pub(in crate::log) fn note_number(&self, number: i64) {
        let mut unwritten = self.headed.unwritten.lock();
        *unwritten = (*unwritten).max(Some(number));
    }

    /// Notes the last number after runs were removed, or added in other ways.
    pub(in crate::log) fn note_last_number(&self) {
        if let Ok(Some(number)) = self.store().last_number() {
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
