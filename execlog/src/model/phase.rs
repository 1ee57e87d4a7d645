//! A phase of a run, as it is stored.

use serde::{Deserialize, Serialize};

/// A phase of a run: a named part whose time was measured by [`Run::phase`](crate::Run::phase).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Phase {
    /// The name, unique in its run.
    pub name: String,
    /// When the phase first began, in microseconds after the run began.
    pub started_after_us: i64,
    /// The time spent in the phase, in microseconds: the sum if it was measured more than once.
    pub duration_us: i64,
    /// How often the phase was measured.
    pub times: i64,
}
