//! An OpenTelemetry Collector as a target.

use crate::otlp::sender::{Collector, Delivery, TimeLimits, Undelivered};
use crate::output::messages;
use execlog::{Error, Parcel, Receipt, Refused, Result, RunEntry, Target};
use std::time::Duration;

/// A collector that runs are shipped to. It does not say what it has, so the log keeps its place.
pub(super) struct CollectorTarget {
    collector: Collector,
    name: String,
}

impl CollectorTarget {
    /// A collector at `http://HOST:PORT`. The error says what is wrong with the address.
    pub(super) fn new(address: &str, time_limit: Option<Duration>) -> Result<Self, String> {
        const CONNECT: Duration = Duration::from_secs(5);
        const TOTAL: Duration = Duration::from_secs(30);
        let limits = TimeLimits {
            connect: CONNECT,
            total: time_limit.map_or(TOTAL, |time| time.min(TOTAL)),
        };
        Ok(Self {
            collector: Collector::new(address, limits)?,
            name: address.to_owned(),
        })
    }
}

impl Target for CollectorTarget {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn receive(&self, parcel: &Parcel<'_>) -> Result<Receipt> {
        let runs: Vec<RunEntry> = parcel
            .runs
            .iter()
            .map(|sent| RunEntry::from(sent.run.clone()))
            .collect();
        let sent = self.collector.send(&runs).map_err(|undelivered| {
            let (Undelivered::Unavailable { reason, .. } | Undelivered::Unusable { reason }) =
                undelivered;
            Error::ServerUnreachable {
                server: self.name.clone(),
                reason,
            }
        })?;
        for remark in sent.remarks {
            messages::warning(&format!(
                "the collector rejected {}: {}",
                messages::counted(remark.rejected_spans, "span"),
                remark.message
            ));
        }
        let mut receipt = Receipt::default();
        for (run, delivery) in runs.iter().zip(sent.runs) {
            match delivery {
                Delivery::Accepted => receipt.stored += 1,
                Delivery::Refused(reason) => {
                    let id = &run.record.execution_id;
                    receipt.refused.push(Refused::new(id, reason));
                }
                // It comes again when it has ended.
                Delivery::NotEnded => {}
            }
        }
        Ok(receipt)
    }
}
