//! The numbers of runs.

use std::ops::RangeInclusive;

/// The valid numbers of runs. A log never comes near the last one, so the next number always exists.
/// The log did not write a number outside this range.
pub(super) const NUMBERS: RangeInclusive<i64> = 1..=1 << 53;

/// Whether `id` is the number of the run. magellan does not number the runs that it keeps in a graph:
/// it stores the second of their start as `id`.
pub(super) fn is_number(id: i64, started_at: i64) -> bool {
    // A second in 1973. Starts are later, and numbers smaller.
    const FIRST_SECOND: i64 = 100_000_000;
    let is_second = id == started_at && id >= FIRST_SECOND;
    NUMBERS.contains(&id) && !is_second
}
