//! What is read from the process when a run begins: `invocation` is what the host says, `environment` the
//! process, host and user, `trace` the parent that `TRACEPARENT` names, and `revision` what git has checked
//! out.

mod environment;
mod invocation;
mod revision;
mod trace;

pub use environment::Environment;
pub use invocation::Invocation;
pub(crate) use revision::Revision;
