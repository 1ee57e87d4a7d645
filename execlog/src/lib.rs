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
/// The SQLite bindings of [`ExecutionLog::connect`], in the version that is expected there.
pub use rusqlite;
