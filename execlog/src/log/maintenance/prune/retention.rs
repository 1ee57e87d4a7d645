//! Pruning as runs begin: at most once a day, and a little at a time.

use super::Policy;
use super::keeping::Keeping;
use super::plan::remove_unchanged;
use super::progress::{Progress, Rest};
use super::unshipped::Unshipped;
use crate::error::{Error, Result};
use crate::log::core::Core;
use crate::log::{ExecutionLog, Runs, Threads};
use crate::model::RunEntry;
use crate::store::{CreateIfMissing, deadline};
use parking_lot::Mutex;
use std::path::PathBuf;
use std::time::Duration;

/// The time for pruning as a run begins.
const TIME: Duration = Duration::from_millis(50);

/// The seconds between two prunings.
const DAY: i64 = 24 * 60 * 60;

/// How many runs are read and removed at once.
const PORTION: usize = 256;

/// The policy that a log is pruned by as runs begin.
#[derive(Debug)]
pub(in crate::log) struct Retention {
    policy: Policy,
    /// The progress of a log without a lock folder, and what this process knows of any other.
    known: Mutex<Option<Progress>>,
}

impl<T: Threads> ExecutionLog<T> {
    /// Prunes the log by a policy as runs begin: at most once a day, and for 50 ms at most. What is not
    /// done then goes on when the next run begins.
    ///
    /// The clones of the log prune, too. A file `retention` in the lock folder says how far it has come; a
    /// log without such a folder is pruned once a day by each process. In a key-value store removing runs
    /// also rewrites the index, which is not bounded by the 50 ms. A log that cannot be pruned is a
    /// warning through [`tracing`], and the run goes on.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation, Policy};
    ///
    /// let log = ExecutionLog::in_memory().with_retention(Policy::new().keep_last(2));
    /// for command in ["index", "status", "export"] {
    ///     log.begin(Invocation::new([command])).succeed();
    /// }
    /// // The first run has pruned the log for this day.
    /// assert_eq!(log.runs().into_iter().count(), 3);
    /// # Ok::<(), execlog::Error>(())
    /// ```
    #[must_use]
    pub fn with_retention(mut self, policy: Policy) -> Self {
        self.retention = Some(std::sync::Arc::new(Retention {
            policy,
            known: Mutex::new(None),
        }));
        self
    }
}

impl Retention {
    /// Prunes if it is time to.
    pub(in crate::log) fn prune_a_little<T: Threads>(&self, core: &Core<T>) {
        // Another thread prunes now.
        let Some(mut known) = self.known.try_lock() else {
            return;
        };
        let pruned = deadline::within(TIME, || self.prune(core, &mut known));
        if let Err(error) = pruned {
            tracing::warn!("the log was not pruned: {error}");
        }
    }

    fn prune<T: Threads>(&self, core: &Core<T>, known: &mut Option<Progress>) -> Result<()> {
        self.policy.check()?;
        let now = core.clock().unix_seconds();
        // A clock that was set back does not stop pruning.
        let is_over = |progress: &Progress| {
            let is_of_today = (0..DAY).contains(&now.saturating_sub(progress.began_at));
            progress.is_of(&self.policy) && is_of_today && progress.rest.is_none()
        };
        if known.as_ref().is_some_and(is_over) {
            return Ok(());
        }
        let file = file(core)?;
        let progress = match &file {
            Some(file) => Progress::read(file),
            None => known.take(),
        };
        let progress = progress.filter(|progress| progress.is_of(&self.policy));
        let mut progress = match progress {
            Some(progress) if is_over(&progress) => {
                *known = Some(progress);
                return Ok(());
            }
            Some(progress) if progress.rest.is_some() => progress,
            _ => Progress::beginning(&self.policy, now),
        };
        let began = core.clock().monotonic();
        let unshipped = Unshipped::of(core, &self.policy)?;
        let mut pruned = Ok(());
        while let Some(rest) = &progress.rest {
            match self.prune_portion(core, rest, now, &unshipped) {
                Ok(rest) => progress.rest = rest,
                Err(error) => pruned = Err(error),
            }
            if pruned.is_err() || core.clock().monotonic().saturating_sub(began) >= TIME {
                break;
            }
        }
        let written = file.map(|file| progress.write(&file));
        *known = Some(progress);
        if let Some(Err(error)) = written {
            tracing::warn!("how far the log was pruned is not remembered: {error}");
        }
        match pruned {
            // Another process writes: the next run goes on.
            Err(Error::Busy { .. }) | Ok(()) => core.flush_finished(),
            other => other,
        }
    }

    /// Prunes the newest of the remaining runs. Returns those that remain then.
    fn prune_portion<T: Threads>(
        &self,
        core: &Core<T>,
        rest: &Rest,
        now: i64,
        unshipped: &Unshipped,
    ) -> Result<Option<Rest>> {
        let (runs, before) = portion(core, rest.before)?;
        let mut keeping = Keeping::after(rest.count.clone(), &self.policy, now, unshipped);
        let mut removed = Vec::new();
        for run in runs {
            if keeping.rules_for(run.as_ref()).is_empty() {
                removed.extend(run);
            }
        }
        if !removed.is_empty() {
            remove_unchanged(core, removed)?;
        }
        let count = keeping.count().clone();
        Ok(before.map(|before| Rest { before, count }))
    }
}

/// The newest runs that began before this second, all those of a second or none, and the second before
/// which the others began. An unreadable run is `None`.
fn portion<T: Threads>(
    core: &Core<T>,
    before: i64,
) -> Result<(Vec<Option<RunEntry>>, Option<i64>)> {
    // Each removal writes the index of a key-value store anew: there, all runs are one portion.
    let mut size = if core.store().finds_running_by_index() {
        PORTION
    } else {
        usize::MAX
    };
    loop {
        let mut runs = Vec::new();
        for run in Runs::new(core).before_second(before).limit(size) {
            match run {
                Ok(run) => runs.push(Some(run)),
                Err(Error::Corrupt { .. }) => runs.push(None),
                Err(error) => return Err(error),
            }
        }
        if runs.len() < size {
            return Ok((runs, None));
        }
        let start = |run: &Option<RunEntry>| run.as_ref().map(|run| run.record.started_at);
        let oldest = runs.iter().filter_map(start).min();
        // Runs come in the order of their starts. The unreadable ones behind the first run of the oldest second
        // are read again with it.
        let cut = runs.iter().position(|run| start(run) == oldest);
        match (oldest, cut) {
            (Some(oldest), Some(cut)) if cut > 0 && oldest.saturating_add(1) < before => {
                runs.truncate(cut);
                return Ok((runs, Some(oldest.saturating_add(1))));
            }
            // More runs than a portion began in one second, or cannot be read.
            _ => size = size.saturating_mul(2),
        }
    }
}

fn file<T: Threads>(core: &Core<T>) -> Result<Option<PathBuf>> {
    let folder = core.locks().folder(core.store(), CreateIfMissing::No)?;
    let name = core.store().head_name().replace("head", "retention");
    Ok(folder.map(|folder| folder.path().join(name)))
}
