//! Does two things at once.

use crate::store::deadline;
use std::thread::Builder;
use tracing::dispatcher;

/// Calls `beside` in a thread of its own, with the deadline and the subscriber of this one, and meanwhile `work`. If no
/// thread can be started, one after the other.
pub(super) fn both<A: Send, B>(beside: impl Fn() -> A + Sync, work: impl FnOnce() -> B) -> (A, B) {
    let given = deadline::of_thread();
    let subscriber = dispatcher::get_default(Clone::clone);
    let beside = || dispatcher::with_default(&subscriber, &beside);
    std::thread::scope(|scope| {
        let thread = Builder::new().name("execlog".to_owned());
        let started = thread.spawn_scoped(scope, || deadline::until(given, beside));
        let Ok(started) = started else {
            return (beside(), work());
        };
        let worked = work();
        let done = started.join();
        let done = done.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (done, worked)
    })
}

#[cfg(test)]
mod tests {
    use super::both;
    use crate::store::deadline;
    use std::thread;
    use std::time::Duration;

    #[test]
    fn both_have_one_deadline_and_a_thread_each() {
        let seen = || {
            let give_up = deadline::of_call(Duration::from_secs(60));
            (thread::current().id(), give_up)
        };
        let (beside, here) = deadline::within(Duration::from_secs(600), || both(seen, seen));
        assert_ne!(beside.0, here.0);
        assert_eq!(beside.1, here.1);
    }
}
