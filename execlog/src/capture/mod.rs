//! Facts captured when a run begins: `invocation` has those that the host gives, `environment` those of
//! the process. Of these, `names` are the host and the user, `trace` the parent in `TRACEPARENT`,
//! `automation` the labels of CI and of coding agents, and `cost` CPU time and memory. `limits` bounds
//! what hosts name, and `revision` has the commit and branch that git has checked out.

mod automation;
mod cost;
mod environment;
mod invocation;
pub(crate) mod limits;
mod names;
mod revision;
mod trace;

pub use cost::Cost;
pub use environment::Environment;
pub use invocation::Invocation;
pub(crate) use revision::Revision;
