//! The clocks: the system's, and one for tests.

use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Gives a log the time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970 in UTC, rounded down.
    fn unix_millis(&self) -> i64;

    /// Seconds since 1970 in UTC, rounded down.
    fn unix_seconds(&self) -> i64 {
        self.unix_millis().div_euclid(1000)
    }

    /// The time since a fixed moment in the life of the process. Never goes backwards.
    fn monotonic(&self) -> Duration;
}

/// The clock of the machine.
#[derive(Debug, Clone)]
pub struct SystemClock {
    origin: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn unix_millis(&self) -> i64 {
        unix_millis(SystemTime::now())
    }

    fn monotonic(&self) -> Duration {
        self.origin.elapsed()
    }
}

/// Milliseconds since 1970 in UTC, rounded down.
pub(crate) fn unix_millis(time: SystemTime) -> i64 {
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => millis(after),
        Err(before) => {
            let almost_one = Duration::from_nanos(999_999);
            -millis(before.duration().saturating_add(almost_one))
        }
    }
}

/// A clock for tests. It stands still until it is moved.
///
/// A clone is the same clock.
///
/// ```
/// use execlog::clock::ManualClock;
/// use execlog::{ExecutionLog, Outcome};
/// use std::time::Duration;
///
/// let clock = ManualClock::at(1_795_368_717);
/// let log = ExecutionLog::in_memory().with_clock(clock.clone());
/// log.start_execution("a", "1.0.0", &[], None, "code.db")?;
/// clock.advance(Duration::from_millis(30));
/// log.finish_execution("a", Outcome::Success, None, 0, 0, 0)?;
/// assert_eq!(log.get_by_id("a")?.and_then(|run| run.duration_ms), Some(30));
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ManualClock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Nanoseconds since 1970 in UTC.
    wall: i128,
    monotonic: Duration,
}

const NANOSECONDS: i128 = 1_000_000_000;

impl ManualClock {
    /// A clock that shows this second since 1970 in UTC.
    #[must_use]
    pub fn at(unix_seconds: i64) -> Self {
        let clock = Self::default();
        clock.set(unix_seconds);
        clock
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state.lock();
        state.wall = state.wall.saturating_add_unsigned(by.as_nanos());
        state.monotonic = state.monotonic.saturating_add(by);
    }

    /// Sets the time of day, forward or backward. The monotonic time stays the same.
    pub fn set(&self, unix_seconds: i64) {
        self.state.lock().wall = i128::from(unix_seconds) * NANOSECONDS;
    }
}

impl Clock for ManualClock {
    fn unix_millis(&self) -> i64 {
        let millis = self.state.lock().wall.div_euclid(NANOSECONDS / 1000);
        let nearest = millis.clamp(i64::MIN.into(), i64::MAX.into());
        i64::try_from(nearest).unwrap_or_default()
    }

    fn monotonic(&self) -> Duration {
        self.state.lock().monotonic
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_the_machine_shows_the_time_and_goes_on() {
        let seconds = || {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            i64::try_from(now.expect("after 1970").as_secs()).expect("in range")
        };
        let clock = SystemClock::default();
        let before = seconds();
        let shown = clock.unix_seconds();
        assert!((before..=seconds()).contains(&shown));

        let start = clock.monotonic();
        while clock.monotonic() == start {}
        assert!(clock.monotonic() > start);
    }

    #[test]
    fn a_manual_clock_rounds_down_and_only_time_that_passes_is_measured() {
        let clock = ManualClock::at(-1);
        clock.advance(Duration::from_millis(500));
        assert_eq!(clock.unix_seconds(), -1);
        clock.advance(Duration::from_millis(500));
        assert_eq!(clock.unix_seconds(), 0);
        clock.set(1_000);
        assert_eq!(clock.monotonic(), Duration::from_secs(1));
    }

    #[test]
    fn a_manual_clock_beyond_what_milliseconds_can_say_shows_the_nearest_that_they_can() {
        assert_eq!(ManualClock::at(i64::MIN).unix_millis(), i64::MIN);
        assert_eq!(ManualClock::at(i64::MAX).unix_millis(), i64::MAX);
    }
}
