//! Finding the last of places that are taken without gaps.

use crate::error::Result;

/// Whether a place beyond the last one is taken, so that there is a gap. Looks at eight places.
pub(super) fn has_gap_after(last: u64, is_taken: impl Fn(u64) -> Result<bool>) -> Result<bool> {
    for power in 0..8 {
        if is_taken(last.saturating_add(1 + (1 << power)))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The last place that is taken, beginning at a `known` one, or 0: doubling steps find a free place, then
/// a binary search finds the border.
pub(super) fn last_taken(known: u64, is_taken: impl Fn(u64) -> Result<bool>) -> Result<u64> {
    let mut taken = known;
    let mut step = 1;
    let mut free = loop {
        let next = taken.saturating_add(step);
        if next == u64::MAX || !is_taken(next)? {
            break next;
        }
        taken = next;
        step *= 2;
    };
    while free - taken > 1 {
        let middle = taken + (free - taken) / 2;
        if is_taken(middle)? {
            taken = middle;
        } else {
            free = middle;
        }
    }
    Ok(taken)
}
