//! A trustworthy record of every run of a code-indexing tool, kept in its graph or in SQLite.

// The derive writes `::execlog`, here too.
extern crate self as execlog;

pub mod clock;
mod context;
mod durability;
mod error;
mod execution_id;
mod file_kind;
mod head_file;
mod invocation;
pub mod kv;
mod liveness;
mod log;
mod outcome;
mod private;
mod prune;
mod query;
mod record;
mod redaction;
mod reindexed;
mod run;
mod store;
mod verified;

pub use context::{Environment, ExecutionContext};
pub use durability::Durability;
pub use error::{Error, Result};
pub use execution_id::ExecutionId;
pub use file_kind::FileKind;
pub use invocation::Invocation;
pub use kv::KvRecord;
pub use log::{ExecutionLog, FoundSecret, Loss, Runs, RunsIter};
pub use outcome::Outcome;
pub use prune::{Kept, Policy, Pruned, Rule};
pub use query::{Imported, RunEntry, Status, StoredRun};
pub use record::{ExecutionRecord, execution_log_key};
pub use redaction::Redaction;
pub use reindexed::Reindexed;
pub use run::{Counters, Run};
pub use verified::{Finding, Mending, Note, SetAside, Verified};

/// Implements [`trait@KvRecord`] and writes the key functions of a record.
///
/// The attributes are explained with the [trait](trait@KvRecord).
pub use execlog_derive::KvRecord;

/// The mutex of [`ExecutionLog::with_connection`], in the version that is expected there.
pub use parking_lot;
/// The SQLite bindings of [`ExecutionLog::connect`] and [`ExecutionLog::with_connection`].
///
/// Cargo allows one SQLite in a build, so this is the version that the host itself depends on: any
/// from 0.31 to 0.43, and 0.31 with the graph engines. A host that depends on none gets the newest.
/// The feature `bundled`, which is on by default, builds the SQLite that comes with it; without it
/// the system's is linked, which must be 3.38 or newer.
pub use rusqlite;

/// The example of the crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
