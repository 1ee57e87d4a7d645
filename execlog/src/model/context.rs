//! The context of a run: facts that its record has no field for.

use crate::model::ExecutionRecord;
use execlog_derive::KvRecord;
use serde::{Deserialize, Serialize};

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
    /// Whether the run crashed and was [settled](crate::ExecutionLog::settle).
    pub crashed: bool,
}

impl ExecutionContext {
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
