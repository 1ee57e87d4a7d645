//! The ids that magellan gives to runs.

/// Whether this is an id that magellan makes of the start of a run, in seconds since 1970, and its process.
///
/// magellan cuts the start of a run to the second and not the end, so the durations of its runs may be up to a
/// second too long.
///
/// ```
/// assert!(execlog::is_magellan_id("6b03270d-7759", 0x6b03_270d));
/// assert!(!execlog::is_magellan_id("6b03270d-7759", 1_795_368_717 + 1));
/// ```
#[must_use]
pub fn is_magellan_id(execution_id: &str, started_at: i64) -> bool {
    let Some((start, process)) = execution_id.split_once('-') else {
        return false;
    };
    i64::from_str_radix(start, 16) == Ok(started_at) && u32::from_str_radix(process, 16).is_ok()
}
