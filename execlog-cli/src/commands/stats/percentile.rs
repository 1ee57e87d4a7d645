//! Percentiles.

/// The given percentile by the nearest-rank method: one of the values.
pub(crate) fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn a_percentile_is_one_of_the_durations() {
        let sorted: Vec<i64> = (1..=200).collect();
        let percentiles = [50, 95, 99, 100].map(|percent| percentile(&sorted, percent));
        assert_eq!(percentiles, [Some(100), Some(190), Some(198), Some(200)]);
        assert_eq!(percentile(&[7], 50), Some(7));
        assert_eq!(percentile(&[], 50), None);
    }
}
