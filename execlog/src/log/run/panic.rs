//! Recording panics without stopping them.

use super::Run;
use crate::log::Threads;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;

impl<T: Threads> Run<T> {
    /// Calls `work`. If it panics, ends the run as an error with the panic message and resumes the
    /// panic.
    pub(in crate::log) fn watch<V>(self, work: impl FnOnce(&Self) -> V) -> (Self, V) {
        // Unwind-safe: the panic is resumed, so the caller sees the same state as without the log.
        match catch_unwind(AssertUnwindSafe(|| work(&self))) {
            Ok(done) => (self, done),
            Err(panic) => self.end_panicking(panic),
        }
    }

    /// Like `catching`, for a future.
    pub(in crate::log) async fn watch_async<V>(
        self,
        work: impl AsyncFnOnce(&Self) -> V,
    ) -> (Self, V) {
        let done = {
            // Called within the first poll, so that a panic before the first await is caught, too.
            let mut work = pin!(async { work(&self).await });
            std::future::poll_fn(|context| {
                let poll = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
                match poll {
                    Ok(poll) => poll.map(Ok),
                    Err(panic) => std::task::Poll::Ready(Err(panic)),
                }
            })
            .await
        };
        match done {
            Ok(done) => (self, done),
            Err(panic) => self.end_panicking(panic),
        }
    }

    fn end_panicking(self, panic: Box<dyn Any + Send>) -> ! {
        let text = panic
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        match text {
            Some(text) => self.fail_with(&format!("panicked: {text}")),
            None => self.fail_with("panicked"),
        }
        resume_unwind(panic)
    }
}
