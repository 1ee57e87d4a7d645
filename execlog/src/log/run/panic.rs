//! Recording a panic with its text, while it goes on.

use super::Run;
use crate::log::Threads;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;

impl<T: Threads> Run<T> {
    /// Does `work`. If it panics, the run ends as an error with the text of the panic, which goes on.
    pub(in crate::log) fn watch<V>(self, work: impl FnOnce(&Self) -> V) -> (Self, V) {
        // The panic goes on, so nobody sees what it left half done who would not have seen it anyway.
        match catch_unwind(AssertUnwindSafe(|| work(&self))) {
            Ok(done) => (self, done),
            Err(panic) => self.end_panicking(panic),
        }
    }

    /// The same for work that is awaited.
    pub(in crate::log) async fn watch_async<V>(
        self,
        work: impl AsyncFnOnce(&Self) -> V,
    ) -> (Self, V) {
        let done = {
            let mut work = pin!(work(&self));
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
