//! What is known of a run beside its record.

use crate::model::ExecutionRecord;
use execlog_derive::KvRecord;
use serde::{Deserialize, Serialize};

/// What is known of a run beside its [`ExecutionRecord`], kept in a record of its own.
///
/// Runs that [`ExecutionLog::begin`](crate::ExecutionLog::begin) records have one. Runs that magellan
/// recorded, or that were started with
/// [`start_execution`](crate::ExecutionLog::start_execution), have none.
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
    /// The run's own id, as in its record.
    #[kv(key)]
    pub execution_id: String,
    /// When the run began, in milliseconds since 1970 in UTC.
    pub started_at_ms: i64,
    /// When it ended, in milliseconds since 1970 in UTC; `None` while it runs, and if it crashed.
    pub ended_at_ms: Option<i64>,
    /// The process, as its own container numbers it.
    pub process_id: Option<i64>,
    /// The file name of the program.
    pub program: Option<String>,
    /// The name of the host, or of the container.
    pub host: Option<String>,
    /// The login name of the user.
    pub user: Option<String>,
    /// The current folder when the run began.
    pub working_directory: Option<String>,
    /// The exit code, if the host has said it.
    pub exit_code: Option<i64>,
    /// The run that this one is a part of: an execution id, or what `TRACEPARENT` names, its trace
    /// and span with a `-` between them.
    pub parent_execution_id: Option<String>,
    /// The revision that is checked out in the root: a commit of git.
    pub revision: Option<String>,
    /// The branch that is checked out there.
    pub branch: Option<String>,
    /// The file in the lock folder that is locked while the run goes on.
    pub lock: Option<String>,
    /// The run ended without saying how, and
    /// [`settle`](crate::ExecutionLog::settle) wrote that down.
    pub crashed: bool,
}

impl ExecutionContext {
    /// Whether this is the context of that run, and not of an earlier one with the same id that
    /// another program removed.
    pub(crate) fn belongs_to(&self, record: &ExecutionRecord) -> bool {
        self.started_at() == record.started_at
    }

    /// The second that the run began in.
    pub(crate) fn started_at(&self) -> i64 {
        self.started_at_ms.div_euclid(1000)
    }
}
