//! The busy timeout, and the deadline of each call.

use parking_lot::Mutex;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// How long a call waits for a lock of another process or thread, unless the host sets another timeout.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest time that SQLite takes.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

thread_local! {
    /// The deadline of this thread's calls, set by [`within`].
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// The busy timeout of a store. The host can change it.
#[derive(Debug)]
pub(super) struct BusyTimeout(Mutex<Duration>);

impl BusyTimeout {
    pub(super) fn get(&self) -> Duration {
        *self.0.lock()
    }

    pub(super) fn set(&self, time: Duration) {
        *self.0.lock() = time.min(LONGEST);
    }

    /// When a call that begins now gives up.
    pub(super) fn deadline(&self) -> Instant {
        of_call(self.get())
    }
}

/// When a call of this thread that begins now gives up: after this time, or with the calls around it.
pub(crate) fn of_call(time: Duration) -> Instant {
    DEADLINE.get().unwrap_or_else(|| Instant::now() + time)
}

impl Default for BusyTimeout {
    fn default() -> Self {
        Self(Mutex::new(BUSY_TIMEOUT))
    }
}

/// Runs `work` with one deadline: all its calls together wait for locks at most this long.
pub(crate) fn within<T>(time: Duration, work: impl FnOnce() -> T) -> T {
    until(Some(of_call(time)), work)
}

/// The deadline of this thread's calls, for [`until`] in another thread.
#[cfg_attr(
    not(feature = "seals"),
    expect(dead_code, reason = "only shipping starts a thread")
)]
pub(crate) fn of_thread() -> Option<Instant> {
    DEADLINE.get()
}

/// Runs `work` with this deadline.
pub(crate) fn until<T>(deadline: Option<Instant>, work: impl FnOnce() -> T) -> T {
    /// Restores the outer deadline, even if `work` panics.
    struct Outer(Option<Instant>);

    impl Drop for Outer {
        fn drop(&mut self) {
            DEADLINE.set(self.0);
        }
    }

    let _outer = Outer(DEADLINE.replace(deadline));
    work()
}

#[cfg(test)]
mod tests {
    use super::{BusyTimeout, within};
    use std::time::Duration;

    #[test]
    fn the_calls_of_one_time_give_up_together_and_those_of_other_threads_by_themselves() {
        let timeout = BusyTimeout::default();
        timeout.set(Duration::from_secs(60));
        let (first, nested, of_another) = within(timeout.get(), || {
            let first = timeout.deadline();
            let nested = within(Duration::from_secs(600), || timeout.deadline());
            timeout.set(Duration::from_secs(6000));
            let other = std::thread::scope(|scope| scope.spawn(|| timeout.deadline()).join());
            (first, nested, other.expect("a deadline"))
        });
        assert_eq!(first, nested);
        assert!(of_another > first + Duration::from_secs(600));
        assert!(timeout.deadline() > first + Duration::from_secs(600));
    }
}
