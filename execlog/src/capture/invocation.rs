//! What is run: what a host says of a run when it begins.

use crate::capture::Environment;
use crate::model::ExecutionId;
use std::path::{Path, PathBuf};

/// What is run: the arguments, the tool, and what it works on.
///
/// ```
/// use execlog::{ExecutionLog, Invocation};
///
/// let log = ExecutionLog::in_memory();
/// let invocation = Invocation::from_env().tool_version("4.17.0").root("src").db_path("code.db");
/// log.begin(invocation).succeed();
/// # assert_eq!(log.get_recent(1)?[0].root.as_deref(), Some("src"));
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Invocation {
    pub(crate) args: Vec<String>,
    pub(crate) execution_id: Option<ExecutionId>,
    pub(crate) tool_version: String,
    pub(crate) root: Option<PathBuf>,
    pub(crate) db_path: Option<PathBuf>,
    pub(crate) parent_id: Option<String>,
    pub(crate) environment: Option<Environment>,
}

impl Invocation {
    /// The arguments of this program. What is not Unicode in them is replaced.
    pub fn from_env() -> Self {
        let args = std::env::args_os().skip(1);
        Self::new(args.map(|argument| argument.to_string_lossy().into_owned()))
    }

    /// These arguments, without the name of the program.
    pub fn new<A: Into<String>>(args: impl IntoIterator<Item = A>) -> Self {
        Self {
            args: args.into_iter().map(Into::into).collect(),
            execution_id: None,
            tool_version: String::new(),
            root: None,
            db_path: None,
            parent_id: None,
            environment: None,
        }
    }

    /// The version of the tool, empty unless it is given.
    pub fn tool_version(mut self, version: impl Into<String>) -> Self {
        self.tool_version = version.into();
        self
    }

    /// The folder that is worked on. Its revision and branch are recorded where git has it.
    pub fn root(mut self, folder: impl AsRef<Path>) -> Self {
        self.root = Some(folder.as_ref().to_owned());
        self
    }

    /// The database that is worked on. Unless it is given, it is the file of the log, if it has one.
    pub fn db_path(mut self, file: impl AsRef<Path>) -> Self {
        self.db_path = Some(file.as_ref().to_owned());
        self
    }

    /// The run that this one is a part of. Unless it is given, it is what `TRACEPARENT` names.
    pub fn parent_id(mut self, execution_id: impl Into<String>) -> Self {
        self.parent_id = Some(execution_id.into());
        self
    }

    /// An id of the host's own. Unless it is given, one is generated.
    pub fn execution_id(mut self, id: ExecutionId) -> Self {
        self.execution_id = Some(id);
        self
    }

    /// Replaces what is found out about the process, for tests.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }
}
