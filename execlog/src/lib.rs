//! A trustworthy record of every run of a code-indexing tool, kept in its graph or in SQLite.

mod capture;
pub mod clock;
mod error;
pub mod kv;
mod log;
mod model;
mod query;
mod redaction;
mod store;

pub use capture::{Environment, Invocation};
pub use error::{Error, Result};
pub use kv::KvRecord;
pub use log::{
    AnyThread, Counters, Durability, ExecutionLog, FoundSecret, Kept, LocalLog, Loss, Maintenance,
    OneThread, Policy, PrunePlan, Rule, Run, Runs, RunsIter, Threads,
};
pub use model::{
    ExecutionContext, ExecutionId, ExecutionRecord, FileKind, Outcome, RunEntry, Status, StoredRun,
    execution_log_key,
};
pub use query::RunSelector;
pub use redaction::Redaction;
pub use store::report::{Finding, Imported, Note, ReindexReport, Repair, SetAside, VerifyReport};

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
