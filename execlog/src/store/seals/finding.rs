//! The findings of seals.

use crate::store::report::{Finding, Repair};
use crate::store::verify::finding;

/// A finding that [`accept_loss`](crate::Maintenance::accept_loss) ends by sealing what is there.
pub(in crate::store) fn acceptable(key: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding {
        repair: Repair::Accept,
        ..finding(key, problem)
    }
}
