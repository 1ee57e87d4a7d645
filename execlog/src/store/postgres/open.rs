//! An open connection, with the runtime that drives it.

use super::address::Address;
use super::errors::Problem;
use std::future::Future;
use std::time::Instant;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::Client;

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

impl Open {
    pub(super) fn new(address: &Address, give_up: Instant) -> Result<Self, Problem> {
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

    pub(super) fn is_usable(&self) -> bool {
        !self.client.is_closed() && self.process == std::process::id()
    }

    /// Drops the connection, except in a forked process: it must not end the session of its parent, nor stop
    /// the parent from waiting for answers.
    pub(super) fn forget_if_inherited(self) {
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
