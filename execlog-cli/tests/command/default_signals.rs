//! Signals that the caller of the tests ignores.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

/// Makes processes that are started from now on handle signals by default, even if the caller ignores them:
/// a process inherits that a signal is ignored, but never a handler.
pub(crate) fn reset() {
    static RESET: Once = Once::new();
    RESET.call_once(|| {
        let ignored = ignored();
        for signal in [SIGHUP, SIGINT, SIGTERM, SIGUSR1] {
            // This process itself handles the signal as before.
            let is_ignored = ignored >> (signal - 1) & 1 == 1;
            let is_default = Arc::new(AtomicBool::new(!is_ignored));
            signal_hook::flag::register_conditional_default(signal, is_default).expect("a handler");
        }
    });
}

/// The signals that this process ignores, one bit each.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.map_or(0, |mask| {
        u64::from_str_radix(mask.trim(), 16).expect("a mask")
    })
}
