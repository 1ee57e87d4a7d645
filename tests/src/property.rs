//! Property testing: checks a property on many inputs.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// Checks a property with a seed, which is printed on failure. `PROPTEST_RNG_SEED` sets the seed.
///
/// # Panics
///
/// If the property does not hold. The message shows the smallest failing input.
pub fn check<S: Strategy>(
    cases: u32,
    strategy: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let seed = std::env::var("PROPTEST_RNG_SEED")
        .ok()
        .map_or_else(rand_seed, |seed| seed.parse().expect("a number"));
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    };
    if let Err(failure) = TestRunner::new(config).run(&strategy, property) {
        panic!("{failure}\nPROPTEST_RNG_SEED={seed}");
    }
}

fn rand_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(())
}
