//! Facts captured when a run begins: `invocation` has those that the host gives, `environment` the
//! process, host and user, `trace` the parent in `TRACEPARENT`, and `revision` the commit and
//! branch that git has checked out.

mod environment;
mod invocation;
mod revision;
mod trace;

pub use environment::Environment;
pub use invocation::Invocation;
pub(crate) use revision::Revision;
