//! The connection of a log to its server, kept between calls.

use super::address::Address;
use super::errors::Problem;
use super::open::Open;
use super::patience::Patience;
use super::session::Session;
use crate::error::Error;
use parking_lot::Mutex;
use tokio::runtime::Handle;

/// The connection of a log to its server. It is made at first use, and again after it was lost.
pub(super) struct Connection {
    address: Address,
    open: Mutex<Option<Open>>,
}

impl Connection {
    pub(super) fn new(address: Address) -> Self {
        Self {
            address,
            open: Mutex::default(),
        }
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Calls `work` with a session. Waits for other threads, and connects if needed. A connection that was
    /// lost, or that waits for an answer, is not used again.
    pub(super) fn with<T: Send>(
        &self,
        patience: Patience,
        work: impl FnOnce(&mut Session) -> Result<T, Problem> + Send,
    ) -> Result<T, Problem> {
        let done = outside_of_runtimes(|| {
            let Some(mut kept) = self.open.try_lock_until(patience.give_up) else {
                return Err(Error::store_in_use("send").into());
            };
            let open = match kept.take() {
                Some(open) if open.is_usable() => open,
                Some(open) => {
                    open.forget_if_inherited();
                    Open::new(&self.address, patience.give_up)?
                }
                None => Open::new(&self.address, patience.give_up)?,
            };
            let mut session = Session::new(open, patience);
            let done = work(&mut session);
            *kept = session.into_usable();
            done
        });
        done.unwrap_or_else(|no_thread| Err(Problem::Unreachable(no_thread.to_string())))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(open) = self.open.get_mut().take() {
            open.forget_if_inherited();
        }
    }
}

/// Calls `work` where it may wait: in a thread of its own, if this one belongs to a runtime. The error says
/// that there is no such thread.
fn outside_of_runtimes<T: Send>(work: impl FnOnce() -> T + Send) -> std::io::Result<T> {
    if Handle::try_current().is_err() {
        return Ok(work());
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("execlog".to_owned());
        let done = thread.spawn_scoped(scope, work)?.join();
        Ok(done.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}
