//! The statuses that a run can have.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use execlog::Status;

/// Every status, in the order in which they are listed.
pub(crate) const STATUSES: [Status; 6] = [
    Status::Success,
    Status::Partial,
    Status::Error,
    Status::Crashed,
    Status::Running,
    Status::Unknown,
];

/// Parses a status, without regard to case.
pub(super) fn parser() -> impl TypedValueParser<Value = Status> {
    PossibleValuesParser::new(STATUSES.map(Status::as_str)).map(|word| {
        let mut statuses = STATUSES.into_iter();
        let status = statuses.find(|status| status.as_str().eq_ignore_ascii_case(&word));
        status.expect("clap has checked the word")
    })
}
