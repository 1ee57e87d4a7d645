//! Pruning: `policy` has the rules, `keeping` applies them to one run after another, with the days, weeks
//! and months of `periods` and the runs that are `unshipped`, and `plan` to a log. `retention` prunes as runs
//! begin, a little at a time, and `progress` is how far it has come.

mod keeping;
mod periods;
mod plan;
mod policy;
mod progress;
mod retention;
#[cfg(feature = "seals")]
mod unshipped;
#[cfg(not(feature = "seals"))]
#[path = "without_unshipped.rs"]
mod unshipped;

pub use plan::PrunePlan;
pub use policy::Policy;
pub(in crate::log) use retention::Retention;

use crate::error::Result;
use crate::model::RunEntry;

/// A run that is kept, and why.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kept {
    /// The run, or the error of reading it.
    pub run: Result<RunEntry>,
    /// Every rule that keeps the run, at least one.
    pub rules: Vec<Rule>,
}

/// The reason why a run is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// One of the newest runs: [`Policy::keep_last`].
    Last,
    /// Young enough: [`Policy::keep_within`].
    Within,
    /// Failed, and young enough for failed runs: [`Policy::keep_failed_within`].
    FailedWithin,
    /// The newest of its day: [`Policy::keep_daily`].
    Daily,
    /// The newest of its week: [`Policy::keep_weekly`].
    Weekly,
    /// The newest of its month: [`Policy::keep_monthly`].
    Monthly,
    /// Changed since the log was shipped everywhere, and young enough: [`Policy::keep_unshipped`].
    Unshipped,
    /// Pinned.
    Pinned,
    /// Not ended.
    Running,
    /// Began in the future.
    Future,
    /// Unreadable.
    Unreadable,
}
