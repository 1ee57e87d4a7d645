//! Sends runs to an OpenTelemetry Collector, over HTTP.
//!
//! `address` is where it listens, `batch` the requests that runs make, `answer` what an answer means, and
//! `failure` why there is none.

mod address;
mod answer;
mod batch;
mod failure;
#[cfg(test)]
mod tests;

use address::Address;
use answer::Answer;
use batch::{Batch, EMPTY};
use execlog::RunEntry;
use std::io::Read;
use std::time::Duration;
use ureq::Agent;

/// The most of an answer that is read, in bytes.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// How long a request may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimits {
    /// Until there is a connection.
    pub(crate) connect: Duration,
    /// From looking up the host to the end of the answer.
    pub(crate) total: Duration,
}

/// A collector that receives spans. Keeps its connection open between batches.
#[derive(Debug)]
pub(crate) struct Collector {
    address: Address,
    agent: Agent,
}

/// What became of a batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// What became of each run, in the order of the batch.
    pub(crate) runs: Vec<Delivery>,
    /// What the collector said of the spans that it accepted.
    pub(crate) remarks: Vec<Remark>,
}

/// What became of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The collector has it.
    Accepted,
    /// Not sent: the run has not ended. Send it when it has.
    NotEnded,
    /// Not sent, or not accepted, and not to be sent again: the reason is in the run.
    Refused(String),
}

/// Spans that a collector rejected although it accepted the request, or a warning if it rejected none. It does
/// not say which spans they are, and the protocol forbids to send the request again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remark {
    pub(crate) rejected_spans: u64,
    pub(crate) message: String,
}

/// Why a batch was not sent. The collector may have some of its runs. To send them again does no harm, because
/// their spans have the same ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Undelivered {
    /// It may work later: at once, or after the time that the collector asks for.
    Unavailable {
        reason: String,
        retry_after: Option<Duration>,
    },
    /// It will not work until somebody changes the address or the collector.
    Unusable { reason: String },
}

impl Collector {
    /// A collector at `http://HOST:PORT`. Does not connect yet. Proxies are not used.
    ///
    /// The error says what is wrong with the address, without its password.
    pub(crate) fn new(address: &str, limits: TimeLimits) -> Result<Self, String> {
        let address = Address::parse(address)?;
        let config = Agent::config_builder()
            .timeout_connect(Some(limits.connect.min(limits.total)))
            .timeout_global(Some(limits.total))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("execlog/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            address,
            agent: config.into(),
        })
    }

    /// Sends runs that have ended, in as few requests as their size allows.
    ///
    /// If the collector refuses the data of a request, its runs are sent one by one, so that those that it
    /// cannot take do not stop the others. Each request has the whole time limit.
    pub(crate) fn send(&self, runs: &[RunEntry]) -> Result<Sent, Undelivered> {
        let mut sent = Sent::default();
        let mut batch = Batch::default();
        for run in runs {
            let delivery = match batch::spans_in_json(run) {
                Ok(spans) => {
                    if !batch.has_room_for(&spans) {
                        self.deliver(&std::mem::take(&mut batch), &mut sent)?;
                    }
                    batch.add(sent.runs.len(), spans);
                    Delivery::Accepted
                }
                Err(delivery) => delivery,
            };
            sent.runs.push(delivery);
        }
        self.deliver(&batch, &mut sent)?;
        Ok(sent)
    }

    /// Sends a batch, and corrects what is known of its runs if the collector refuses some.
    fn deliver(&self, batch: &Batch, sent: &mut Sent) -> Result<(), Undelivered> {
        if batch.is_empty() {
            return Ok(());
        }
        let reason = match self.post(&batch.request())? {
            Answer::Accepted(remark) => {
                sent.remarks.extend(remark);
                return Ok(());
            }
            Answer::Refused(reason) => reason,
        };
        self.check_that_it_is_the_data(&reason)?;
        for (index, request) in batch.one_by_one() {
            match self.post(&request)? {
                Answer::Accepted(remark) => sent.remarks.extend(remark),
                Answer::Refused(reason) => sent.runs[index] = Delivery::Refused(reason),
            }
        }
        Ok(())
    }

    /// Fails if the collector refuses a request without spans, too: something else listens there, and would
    /// refuse every run.
    fn check_that_it_is_the_data(&self, reason: &str) -> Result<(), Undelivered> {
        match self.post(EMPTY)? {
            Answer::Accepted(_) => Ok(()),
            Answer::Refused(_) => Err(Undelivered::Unusable {
                reason: format!("{} refuses every request: {reason}", self.address),
            }),
        }
    }

    fn post(&self, request: &str) -> Result<Answer, Undelivered> {
        let sent = self.agent.post(self.address.url());
        let sent = sent.content_type("application/json").send(request);
        let mut response = sent.map_err(|error| failure::of(&self.address, &error))?;
        let status = response.status();
        let retry_after = response.headers().get("retry-after");
        let retry_after = retry_after.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
        let retry_after = retry_after.map(Duration::from_secs);
        let mut body = Vec::new();
        let reader = response.body_mut().as_reader();
        let read = reader.take(LONGEST_ANSWER).read_to_end(&mut body);
        // The body of an error only explains it.
        if status.is_success() {
            read.map_err(|error| failure::of_body(&self.address, &error))?;
        }
        Answer::of(status, retry_after, &body, &self.address)
    }
}
