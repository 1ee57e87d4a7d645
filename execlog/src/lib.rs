//! A trustworthy record of every run of a code-indexing tool, kept in its graph or in SQLite.

// The derive writes `::execlog`, here too.
extern crate self as execlog;

pub mod clock;
mod durability;
mod error;
mod execution_id;
pub mod kv;
mod log;
mod outcome;
mod prune;
mod record;
mod reindexed;
mod store;

pub use durability::Durability;
pub use error::{Error, Result};
pub use kv::KvRecord;
pub use log::ExecutionLog;
pub use outcome::Outcome;
pub use prune::{Kept, Policy, Pruned, Rule};
pub use record::{ExecutionRecord, execution_log_key};
pub use reindexed::Reindexed;

/// Implements [`trait@KvRecord`] and writes the key functions of a record.
///
/// The attributes are explained with the [trait](trait@KvRecord).
pub use execlog_derive::KvRecord;

/// The mutex of [`ExecutionLog::with_connection`], in the version that is expected there.
pub use parking_lot;
/// The SQLite bindings of [`ExecutionLog::connect`], in the version that is expected there.
pub use rusqlite;
