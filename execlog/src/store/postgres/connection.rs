//! The connection of a log to its server, kept between calls.

use super::address::Address;
use super::errors::Problem;
use super::patience::Patience;
use super::session::Session;
use crate::error::Error;
use parking_lot::Mutex;
use std::future::Future;
use std::time::Instant;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::Client;

/// The connection of a log to its server. It is made at first use, and again after it was lost.
pub(super) struct Connection {
    address: Address,
    open: Mutex<Option<Open>>,
}

/// An open connection.
pub(super) struct Open {
    /// Drives the connection while a call waits. `None` once it is dropped.
    runtime: Option<Runtime>,
    pub(super) client: Client,
    /// The process that made the connection.
    process: u32,
    /// Whether the tables were found through this connection.
    pub(super) has_tables: bool,
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

impl Open {
    fn new(address: &Address, give_up: Instant) -> Result<Self, Problem> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Problem::Unreachable(error.to_string()))?;
        let tls = address.certificates.connector();
        let tls = tls.map_err(Problem::Misdirected)?;
        let connected = until(&runtime, give_up, address.config.connect(tls));
        let (client, connection) = match connected {
            Ok(Ok(connected)) => connected,
            Ok(Err(error)) if error.as_db_error().is_some() => return Err(error.into()),
            Ok(Err(error)) => return Err(Problem::of_connecting(&error)),
            Err(TimedOut) => {
                runtime.shutdown_background();
                return Err(Problem::Silent);
            }
        };
        // Its error is that of the next statement.
        runtime.spawn(async { drop(connection.await) });
        Ok(Self {
            runtime: Some(runtime),
            client,
            process: std::process::id(),
            has_tables: false,
        })
    }

    /// Waits for an answer of the server.
    pub(super) fn wait<T>(
        &self,
        give_up: Instant,
        answer: impl Future<Output = T>,
    ) -> Result<T, TimedOut> {
        let runtime = self.runtime.as_ref().ok_or(TimedOut)?;
        until(runtime, give_up, answer)
    }

    fn is_usable(&self) -> bool {
        !self.client.is_closed() && self.process == std::process::id()
    }

    /// Drops the connection, except in a forked process: it must not end the session of its parent, nor stop
    /// the parent from waiting for answers.
    fn forget_if_inherited(self) {
        if self.process != std::process::id() {
            std::mem::forget(self);
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Dropping it within a runtime of the host would panic.
            runtime.shutdown_background();
        }
    }
}

/// The answer did not come in time.
pub(super) struct TimedOut;

fn until<T>(
    runtime: &Runtime,
    give_up: Instant,
    answer: impl Future<Output = T>,
) -> Result<T, TimedOut> {
    let waited = async { tokio::time::timeout_at(give_up.into(), answer).await };
    runtime.block_on(waited).map_err(|_| TimedOut)
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
