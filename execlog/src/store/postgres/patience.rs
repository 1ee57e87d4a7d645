//! How long a call may take.

use crate::store::deadline;
use std::time::{Duration, Instant};

/// The longest that a statement of maintenance may take, or a page of a query.
const STATEMENT: Duration = Duration::from_secs(60);

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// When connecting, waiting for another thread and trying again end.
    pub(super) give_up: Instant,
    /// How long each statement may take.
    statement: Option<Duration>,
}

impl Patience {
    /// Of a host that records a run: the whole call takes this long at most.
    pub(super) fn of_host(busy_timeout: Duration) -> Self {
        Self {
            give_up: deadline::of_call(busy_timeout),
            statement: None,
        }
    }

    /// Of a query or of maintenance: a statement that works takes its time.
    pub(super) fn of_reader(busy_timeout: Duration) -> Self {
        let give_up = deadline::of_call(busy_timeout);
        // Both are the same within a call that has a deadline as a whole.
        let is_longer = deadline::of_call(STATEMENT) > give_up;
        Self {
            give_up,
            statement: is_longer.then_some(STATEMENT),
        }
    }

    /// When a statement that begins now is given up.
    pub(super) fn of_statement(&self) -> Instant {
        match self.statement {
            Some(time) => Instant::now() + time,
            None => self.give_up,
        }
    }

    /// Whether there is time for a pause and another try.
    pub(super) fn lasts(&self, pause: Duration) -> bool {
        Instant::now() + pause < self.give_up
    }
}
