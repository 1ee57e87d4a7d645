//! The data of a run, without I/O.

mod context;
pub(crate) mod execution_id;
mod file_kind;
mod magellan_id;
mod outcome;
mod phase;
pub(crate) mod record;
mod run_entry;
mod run_summary;
mod statistics;
mod status;
mod stored_run;
pub(crate) mod trace;

pub use context::ExecutionContext;
pub use execution_id::ExecutionId;
pub use file_kind::FileKind;
pub use magellan_id::is_magellan_id;
pub use outcome::Outcome;
pub use phase::Phase;
pub use record::{ExecutionRecord, execution_log_key};
pub use run_entry::RunEntry;
pub use run_summary::RunSummary;
pub(crate) use run_summary::{Figures, Texts};
pub use statistics::{GroupStatistics, Grouping, SlowRun, Statistics};
#[cfg(feature = "postgres")]
pub(crate) use statistics::{Indexed, Success};
pub use status::Status;
pub use stored_run::StoredRun;
pub use trace::traceparent;
