//! What is wrong with a record, and findings, the same on every store.

use crate::{Error, ExecutionRecord, Finding, Mending};

/// What is wrong with a record that can be read.
pub(super) fn problem_of(record: &ExecutionRecord) -> Option<String> {
    match record.check() {
        // The key of the finding says which run it is.
        Err(Error::InvalidRecord { field, reason, .. }) => {
            Some(format!("invalid `{field}`: {reason}"))
        }
        Err(error) => Some(error.to_string()),
        Ok(()) => None,
    }
}

pub(super) fn finding(key: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding {
        key: key.into(),
        problem: problem.into(),
        mending: Mending::ByHand,
    }
}

/// What [`reindex`](crate::ExecutionLog::reindex) mends.
pub(super) fn mendable(key: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding {
        mending: Mending::Reindex,
        ..finding(key, problem)
    }
}
