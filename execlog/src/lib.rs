//! A trustworthy record of every run of a code-indexing tool, kept in its graph or in SQLite.

mod capture;
pub mod clock;
mod error;
pub mod kv;
mod log;
mod model;
mod query;
mod redaction;
mod seal;
mod store;

pub use capture::{Cost, Environment, Invocation};
pub use error::{Error, Result};
pub use kv::KvRecord;
pub use log::{
    AnyThread, Counters, Durability, ExecutionLog, FoundSecret, Kept, LocalLog, Loss, Maintenance,
    OneThread, PhaseTimer, Policy, PrunePlan, Rule, Run, Runs, RunsIter, Summaries, Threads,
    server_name,
};
#[cfg(feature = "seals")]
pub use log::{Field, ShipReport, Shipping};
pub use model::{
    ExecutionContext, ExecutionId, ExecutionRecord, FileKind, GroupStatistics, Grouping, Outcome,
    Phase, RunEntry, RunSummary, SlowRun, Statistics, Status, StoredRun, execution_log_key,
    is_magellan_id, traceparent,
};
pub use query::RunSelector;
pub use redaction::Redaction;
pub use seal::SealEvent;
#[cfg(feature = "seals")]
pub use seal::{Checkpoint, Digest, Seal};
pub use store::report::{Finding, Imported, Note, ReindexReport, Repair, SetAside, VerifyReport};
#[cfg(feature = "seals")]
pub use store::{Parcel, Receipt, Refused, SentRun, Target};

/// Implements [`trait@KvRecord`] and writes the key functions of a record.
///
/// See the [trait](trait@KvRecord) for the attributes.
pub use execlog_derive::KvRecord;

/// The mutex that [`ExecutionLog::with_connection`] takes, in the version it takes.
pub use parking_lot;
/// The SQLite bindings of [`ExecutionLog::connect`] and [`ExecutionLog::with_connection`].
///
/// Cargo links one SQLite per build, so this is the `rusqlite` version of the host: 0.31 to 0.43,
/// or 0.31 with a graph engine. A host without `rusqlite` gets the newest version. The default
/// feature `bundled` builds SQLite from source. Without it the build links the system's SQLite,
/// 3.38 or newer.
pub use rusqlite;

/// The example of the crate's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
