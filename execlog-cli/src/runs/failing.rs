//! Finds what fails now: commands and roots whose newest run has failed.

use execlog::{Result, RunEntry, Status};
use std::collections::HashSet;

/// The statuses of runs that did not succeed.
pub(super) const FAILED: [Status; 3] = [Status::Error, Status::Partial, Status::Crashed];

/// Keeps the newest run of each command and root, if it has failed. Takes the newest runs first. Skips runs
/// that have not ended: they may succeed.
pub(super) fn newest_failed(
    runs: impl Iterator<Item = Result<RunEntry>>,
) -> impl Iterator<Item = Result<RunEntry>> {
    let mut seen = HashSet::new();
    runs.filter(move |run| {
        let Ok(run) = run else {
            return true;
        };
        if matches!(run.status(), Status::Running | Status::Unknown) {
            return false;
        }
        let command = run.record.command().as_deref().map(str::to_owned);
        let is_newest = seen.insert((command, run.record.root.clone()));
        is_newest && FAILED.contains(&run.status())
    })
}
