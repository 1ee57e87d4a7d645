//! The numbers that runs have in a log.

use std::ops::RangeInclusive;

/// The numbers that a run can have. No log comes near the last one, so that a number after it is
/// always there, and what is beyond was not written by a log.
pub(super) const NUMBERS: RangeInclusive<i64> = 1..=1 << 53;

/// Whether the `id` of a run is its number. magellan has no numbers for the runs that it keeps in a
/// graph, and stores the second they began instead.
pub(super) fn is_number(id: i64, started_at: i64) -> bool {
    // In 1973 there was nothing to index, and no log has as many runs.
    const FIRST_SECOND: i64 = 100_000_000;
    let is_second = id == started_at && id >= FIRST_SECOND;
    NUMBERS.contains(&id) && !is_second
}
