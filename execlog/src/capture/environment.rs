//! The process, host and user of a run.

use super::cost::Cost;
use super::{automation, names, trace};
use crate::model::ExecutionId;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

/// The facts about the process in the context of a run.
///
/// Hosts do not need it. Tests pass one to
/// [`Invocation::environment`](crate::Invocation::environment), so that the stored data is the same
/// on all machines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// The process id.
    pub process_id: Option<u32>,
    /// The file name of the program.
    pub program: Option<String>,
    /// The host name.
    pub host: Option<String>,
    /// The login name of the user.
    pub user: Option<String>,
    /// The current folder.
    pub working_directory: Option<String>,
    /// The parent run: the execution id in `EXECLOG_PARENT`, or the trace and span of `TRACEPARENT`
    /// with a `-` between them.
    pub parent: Option<String>,
    /// The trace of `TRACEPARENT`: 32 hexadecimal digits.
    pub trace_id: Option<String>,
    /// The labels of a run in CI, and of one that a coding agent started. The variables are read once in
    /// a process.
    pub labels: BTreeMap<String, String>,
    /// The cost of the process when the run begins. `None` leaves the cost of the run out.
    pub cost: Option<Cost>,
}

impl Environment {
    /// The environment of this process. Unavailable facts are omitted.
    #[must_use]
    pub fn of_process() -> Self {
        static LASTING: OnceLock<Lasting> = OnceLock::new();
        let Lasting { host, user, labels } = LASTING.get_or_init(Lasting::of_process);
        let folder = std::env::current_dir().ok();
        let parent = variable("TRACEPARENT").as_deref().and_then(trace::parent);
        let execution = variable("EXECLOG_PARENT").filter(|id| id.parse::<ExecutionId>().is_ok());
        Self {
            process_id: Some(std::process::id()),
            program: program(),
            host: host.clone(),
            user: user.clone(),
            working_directory: folder.map(|folder| folder.to_string_lossy().into_owned()),
            trace_id: parent.as_deref().map(trace::id_of),
            parent: execution.or(parent),
            labels: labels.clone(),
            cost: Cost::of_process(),
        }
    }
}

/// The facts that stay the same while the process runs. They are looked up once: the user may be in a
/// directory service, and the labels are in many variables.
struct Lasting {
    host: Option<String>,
    user: Option<String>,
    labels: BTreeMap<String, String>,
}

impl Lasting {
    fn of_process() -> Self {
        Self {
            host: names::host(),
            user: names::user(),
            labels: automation::labels(variable),
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn program() -> Option<String> {
    let started_as = std::env::args_os().next()?;
    let name = Path::new(&started_as).file_name()?;
    Some(name.to_string_lossy().into_owned())
}
