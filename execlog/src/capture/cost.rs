//! The cost of a run: CPU time and memory.

use std::time::Duration;

/// CPU time and peak memory, as the operating system counts them.
///
/// [`Run`](crate::Run) measures that of its process by itself. A program that runs a command for
/// somebody else passes the cost of the command to [`Run::set_cost`](crate::Run::set_cost).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// The CPU time: all threads, in user and system mode.
    pub cpu_time: Duration,
    /// The peak resident memory in bytes, since the process began.
    pub peak_memory_bytes: u64,
}

impl Cost {
    /// The cost of this process so far. `None` where the system does not tell.
    #[must_use]
    pub fn of_process() -> Option<Self> {
        measured::of_process()
    }

    /// The cost of the child processes that have ended and were waited for. The peak is that of the
    /// largest.
    #[must_use]
    pub fn of_children() -> Option<Self> {
        measured::of_children()
    }
}

#[cfg(unix)]
mod measured {
    use super::Cost;
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;
    use std::time::Duration;

    /// The unit of `ru_maxrss`.
    const UNIT: u64 = if cfg!(target_vendor = "apple") {
        1
    } else {
        1024
    };

    pub(super) fn of_process() -> Option<Cost> {
        by(UsageWho::RUSAGE_SELF)
    }

    pub(super) fn of_children() -> Option<Cost> {
        by(UsageWho::RUSAGE_CHILDREN)
    }

    fn by(who: UsageWho) -> Option<Cost> {
        let usage = getrusage(who).ok()?;
        let peak = u64::try_from(usage.max_rss()).ok()?;
        Some(Cost {
            cpu_time: time(usage.user_time())? + time(usage.system_time())?,
            peak_memory_bytes: peak.saturating_mul(UNIT),
        })
    }

    fn time(time: TimeVal) -> Option<Duration> {
        let seconds = u64::try_from(time.tv_sec()).ok()?;
        let micros = u64::try_from(time.tv_usec()).ok()?;
        Some(Duration::from_secs(seconds) + Duration::from_micros(micros))
    }
}

#[cfg(not(unix))]
mod measured {
    use super::Cost;

    pub(super) fn of_process() -> Option<Cost> {
        None
    }

    pub(super) fn of_children() -> Option<Cost> {
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::Cost;
    use std::time::Duration;

    #[test]
    fn work_costs_cpu_time_and_memory() {
        const SIZE: usize = 64 * 1024 * 1024;
        let before = Cost::of_process().expect("a cost");
        let mut sum = 0_u64;
        while Cost::of_process().expect("a cost").cpu_time
            < before.cpu_time + Duration::from_millis(5)
        {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        std::hint::black_box(vec![1_u8; SIZE]);
        let after = Cost::of_process().expect("a cost");
        assert!(after.peak_memory_bytes >= SIZE as u64, "{after:?}");
        assert!(
            after.peak_memory_bytes < 1 << 40,
            "not in the wrong unit: {after:?}"
        );
    }
}
