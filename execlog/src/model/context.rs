//! The context of a run: facts that its record has no field for.

use crate::model::{ExecutionRecord, Phase};
use execlog_derive::KvRecord;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The context of a run, stored in a record of its own beside the [`ExecutionRecord`].
///
/// [`ExecutionLog::begin`](crate::ExecutionLog::begin) records a context. Runs of magellan, and
/// runs started with [`start_execution`](crate::ExecutionLog::start_execution), have none.
///
/// ```
/// use execlog::{ExecutionLog, Invocation};
///
/// let log = ExecutionLog::in_memory();
/// log.begin(Invocation::from_env()).succeed();
/// let run = log.find("latest".parse()?)?.expect("a run");
/// let context = run.context.expect("begin writes one");
/// assert_eq!(context.process_id, Some(i64::from(std::process::id())));
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, KvRecord)]
#[kv(prefix = "execlog-context", crate = "crate")]
#[non_exhaustive]
pub struct ExecutionContext {
    /// The execution id, as in the record.
    #[kv(key)]
    pub execution_id: String,
    /// The start time, in milliseconds since 1970 in UTC.
    pub started_at_ms: i64,
    /// The end time, in milliseconds since 1970 in UTC; `None` while the run goes on, and if it
    /// crashed.
    pub ended_at_ms: Option<i64>,
    /// The process id, in the PID namespace of the process.
    pub process_id: Option<i64>,
    /// The file name of the program.
    pub program: Option<String>,
    /// The host name, or that of the container.
    pub host: Option<String>,
    /// The login name of the user.
    pub user: Option<String>,
    /// The current folder when the run began.
    pub working_directory: Option<String>,
    /// The exit code, if the host set one.
    pub exit_code: Option<i64>,
    /// The parent run: an execution id, or the trace and span of `TRACEPARENT` with a `-` between
    /// them.
    pub parent_execution_id: Option<String>,
    /// The commit that git has checked out in the root.
    pub revision: Option<String>,
    /// The branch that git has checked out in the root.
    pub branch: Option<String>,
    /// The name of the lock file in the lock folder, locked while the run goes on.
    pub lock: Option<String>,
    /// Whether the run crashed and was [settled](crate::Maintenance::settle).
    pub crashed: bool,
    /// The trace of `TRACEPARENT`: 32 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The labels, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The counters of the host's own, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counters: BTreeMap<String, i64>,
    /// The phases, in the order in which they first began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
    /// The CPU time of the run in milliseconds: all threads, in user and system mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_ms: Option<i64>,
    /// The peak resident memory in bytes: of the process until the run ended, or of the recorded
    /// command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_memory_bytes: Option<i64>,
    /// The note of a pinned run, empty if it has none; `None` if the run is not pinned. Pruning keeps
    /// pinned runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
}

impl ExecutionContext {
    /// The context of a run that was recorded without one, to pin it.
    pub(crate) fn of_pin(record: &ExecutionRecord, note: Option<&str>) -> Self {
        Self {
            execution_id: record.execution_id.clone(),
            started_at_ms: record.started_at.saturating_mul(1000),
            pin: note.map(str::to_owned),
            ..Self::default()
        }
    }

    /// Whether this is the context of the record's run. It may belong to an earlier run with the
    /// same id that another program removed.
    pub(crate) fn belongs_to(&self, record: &ExecutionRecord) -> bool {
        self.started_at() == record.started_at
    }

    /// The start time in seconds.
    pub(crate) fn started_at(&self) -> i64 {
        self.started_at_ms.div_euclid(1000)
    }
}
