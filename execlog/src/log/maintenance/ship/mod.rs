//! Shipping a log to a target, such as the log of a team.
//!
//! `options` says what is shipped and for how long, `report` what came of it. `windows` reads the changes in the
//! order of their seals, from where `lineage` says, and `shipment` sends them, and reads on `meanwhile`.
//! `liveness` tells what is known of the runs that have not ended.

mod lineage;
mod liveness;
mod meanwhile;
mod options;
mod report;
mod shipment;
mod windows;

pub use options::{Field, Shipping};
pub use report::ShipReport;

use super::Maintenance;
use crate::error::{Error, Result};
use crate::log::{ExecutionLog, Threads};
use crate::seal::Digest;
use crate::store::{Parcel, Receipt, Refused, Target, deadline};
use shipment::Shipment;

impl<T: Threads> Maintenance<'_, T> {
    /// Ships what has changed since the last time to a target, in the order of the seals.
    ///
    /// May be repeated, interrupted, and done by two processes at once: a run is there once, as it was sealed
    /// last. The log keeps how far each target has come, once the target has it. Runs that were recorded without
    /// seals are sealed first if the log has no journal yet; otherwise [`reindex`](Self::reindex) seals them.
    ///
    /// A run that cannot be sent is reported, and does not stop those behind it. Each call offers it again, with
    /// what came behind it, until the target takes it: a server that has these runs is soon done with them.
    ///
    /// Sends the runs of two thousand seals at a time, of eight thousand to a quick target and of fewer to a slow one,
    /// and holds as many again in memory: a thread of its own sends to a server, while this one reads on. The target
    /// waits for a lock or an answer as long as its own busy timeout says, and the whole call takes as long as
    /// [`Shipping::time_limit`] says.
    ///
    /// ```no_run
    /// use execlog::{ExecutionLog, Shipping};
    /// use std::time::Duration;
    ///
    /// let log = ExecutionLog::new("code.db");
    /// let team = ExecutionLog::open("postgresql://ci@db.example/team")?;
    /// let shipping = Shipping::new().time_limit(Duration::from_secs(2));
    /// let shipped = log.maintenance().ship(&team, &shipping)?;
    /// println!("{} runs sent, {} left behind", shipped.sent, shipped.left_behind.len());
    /// # Ok::<(), execlog::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of the target, such as [`Error::ServerUnreachable`], and those of [every
    /// call](ExecutionLog#errors-of-every-call). What the target has by then is not sent again.
    pub fn ship(&self, target: &dyn Target, shipping: &Shipping) -> Result<ShipReport> {
        let ship = || {
            if self.core.store().sealed()?.is_none() {
                self.reindex()?;
            }
            Shipment::new(self.core, target, shipping)?.send()
        };
        match shipping.time_limit {
            Some(time) => deadline::within(time, ship),
            None => ship(),
        }
    }
}

impl<T: Threads> Target for ExecutionLog<T> {
    fn name(&self) -> String {
        let server = self.server();
        server.map_or_else(|_| "a log that is no server".to_owned(), Target::name)
    }

    fn as_shared(&self) -> Option<&(dyn Target + Sync)> {
        self.core.store().as_target()
    }

    fn position(&self, log_id: &str) -> Result<Option<u64>> {
        self.server()?.position(log_id)
    }

    fn digest_at(&self, log_id: &str, sequence: u64) -> Result<Option<Digest>> {
        self.server()?.digest_at(log_id, sequence)
    }

    fn receive(&self, parcel: &Parcel<'_>) -> Result<Receipt> {
        self.server()?.receive(parcel)
    }

    fn running(&self, log_id: &str) -> Result<Vec<String>> {
        self.server()?.running(log_id)
    }

    fn hear(&self, log_id: &str, alive: &[&str], dead: &[&str]) -> Result<Vec<Refused>> {
        self.server()?.hear(log_id, alive, dead)
    }
}

impl<T: Threads> ExecutionLog<T> {
    fn server(&self) -> Result<&dyn Target> {
        match self.core.store().as_target() {
            Some(target) => Ok(target),
            None => Err(Error::NotATarget),
        }
    }
}
