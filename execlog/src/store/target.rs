//! The place that a log is shipped to.

use crate::error::Result;
use crate::model::StoredRun;
use crate::seal::{Digest, Seal, Tree};

/// A place that logs are shipped to with [`Maintenance::ship`](crate::Maintenance::ship).
///
/// The log of a team is one: an [`ExecutionLog`](crate::ExecutionLog) that was opened by the URL of a server.
/// Implement it to ship to another.
///
/// ```
/// use execlog::{ExecutionLog, Invocation, Parcel, Receipt, Result, Shipping, Target};
/// use std::cell::RefCell;
///
/// /// Keeps the ids of the runs that it has received.
/// #[derive(Default)]
/// struct Ids(RefCell<Vec<String>>);
///
/// impl Target for Ids {
///     fn name(&self) -> String {
///         "ids".to_owned()
///     }
///
///     fn receive(&self, parcel: &Parcel<'_>) -> Result<Receipt> {
///         let ids = parcel.runs.iter().map(|sent| sent.run.record.execution_id.clone());
///         self.0.borrow_mut().extend(ids);
///         Ok(Receipt::of_all(parcel))
///     }
/// }
///
/// let log = ExecutionLog::in_memory();
/// log.begin(Invocation::new(["index"])).succeed();
/// let ids = Ids::default();
/// assert_eq!(log.maintenance().ship(&ids, &Shipping::new())?.sent, 1);
/// assert_eq!(ids.0.borrow().len(), 1);
/// assert_eq!(log.maintenance().ship(&ids, &Shipping::new())?.sent, 0);
/// # Ok::<(), execlog::Error>(())
/// ```
pub trait Target {
    /// The name that the log keeps its place for this target under: the same each time, and without secrets.
    fn name(&self) -> String;

    /// The same target, if another thread can call it. Then it [receives](Self::receive) each parcel in a thread of
    /// its own, while the next one is read.
    fn as_shared(&self) -> Option<&(dyn Target + Sync)> {
        None
    }

    /// The place of the newest seal of this log that the target has, 0 if it has none. `None` if the target does
    /// not know: then the place counts that the log has kept itself.
    ///
    /// # Errors
    ///
    /// Those of the target, for example if it cannot be reached.
    fn position(&self, _log_id: &str) -> Result<Option<u64>> {
        Ok(None)
    }

    /// The digest of the seal at this place of this log, if the target has it. By this a copy of a log is told
    /// from the log, once they have gone different ways.
    ///
    /// # Errors
    ///
    /// Those of the target.
    fn digest_at(&self, _log_id: &str, _sequence: u64) -> Result<Option<Digest>> {
        Ok(None)
    }

    /// Stores what the parcel has, and says which runs it refuses. A parcel may come again, and so may runs that
    /// the target has: a call that knows of refused runs offers them again, with what came behind them.
    ///
    /// # Errors
    ///
    /// Those of the target. Then nothing of the parcel counts as stored.
    fn receive(&self, parcel: &Parcel<'_>) -> Result<Receipt>;

    /// The execution ids of the runs of this log that have not ended as far as the target knows.
    ///
    /// # Errors
    ///
    /// Those of the target.
    fn running(&self, _log_id: &str) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// Notes that these runs were seen alive now, or were seen dead. Returns those of which it cannot note that.
    ///
    /// # Errors
    ///
    /// Those of the target.
    fn hear(&self, _log_id: &str, _alive: &[&str], _dead: &[&str]) -> Result<Vec<Refused>> {
        Ok(Vec::new())
    }
}

/// Some runs of a log, and the seals of their changes.
#[derive(Debug)]
#[non_exhaustive]
pub struct Parcel<'a> {
    /// The id of the log. A copy of a log that has gone its own way has another id than the log.
    pub log_id: &'a str,
    /// The runs.
    pub runs: &'a [SentRun],
    /// The seals after those of the last parcel, in order.
    pub seals: &'a [Seal],
    /// The tree over the seals that pruning has dropped from the log.
    pub(crate) dropped: &'a Tree,
}

impl Parcel<'_> {
    /// How many of the oldest seals of the log are not shipped: pruning has dropped them, or they are those of
    /// another log, of which this one is a copy.
    #[must_use]
    pub fn seals_left_out(&self) -> u64 {
        self.dropped.size()
    }
}

/// A run on its way to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentRun {
    /// The run. Its number is that in its log.
    pub run: StoredRun,
    /// The place of the newest seal of the run in its log, or 0 if it has none.
    pub sequence: u64,
    /// Whether no field was left out.
    pub is_whole: bool,
}

/// What a target has done with a parcel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The number of runs that it has added or changed.
    pub stored: usize,
    /// The runs that it has refused.
    pub refused: Vec<Refused>,
}

impl Receipt {
    /// The receipt of a target that has stored so many runs, and has refused these.
    #[must_use]
    pub fn new(stored: usize, refused: Vec<Refused>) -> Self {
        Self { stored, refused }
    }

    /// The receipt of a target that has stored all runs of a parcel.
    #[must_use]
    pub fn of_all(parcel: &Parcel<'_>) -> Self {
        Self::new(parcel.runs.len(), Vec::new())
    }
}

/// A run that a target has refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// The execution id of the run, or its number if it cannot be read.
    pub run: String,
    /// Why, and what to do.
    pub reason: String,
    /// Whether the target will never take it. Other refused runs are offered again by the next call, and count as
    /// not shipped, if the target says its [position](Target::position).
    pub is_final: bool,
}

impl Refused {
    /// The refusal of this run for now.
    #[must_use]
    pub fn new(run: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            run: run.into(),
            reason: reason.into(),
            is_final: false,
        }
    }

    /// The refusal of this run for good.
    #[must_use]
    pub fn for_good(run: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            is_final: true,
            ..Self::new(run, reason)
        }
    }
}
