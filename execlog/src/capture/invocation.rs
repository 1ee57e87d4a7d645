//! The facts that a host gives about a run when it begins.

use crate::capture::Environment;
use crate::model::ExecutionId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The facts about a run that a host gives when it begins: the arguments, the tool, and the data it
/// works on.
///
/// ```
/// use execlog::{ExecutionLog, Invocation};
///
/// let log = ExecutionLog::in_memory();
/// let invocation = Invocation::from_env().tool_version("4.17.0").root("/src/code").db_path("code.db");
/// log.begin(invocation).succeed();
/// # assert_eq!(log.get_recent(1)?[0].root.as_deref(), Some("/src/code"));
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
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) environment: Option<Environment>,
}

impl Invocation {
    /// Takes the arguments of this process. Replaces invalid Unicode.
    pub fn from_env() -> Self {
        let args = std::env::args_os().skip(1);
        Self::new(args.map(|argument| argument.to_string_lossy().into_owned()))
    }

    /// Takes these arguments, without the program's name.
    pub fn new<A: Into<String>>(args: impl IntoIterator<Item = A>) -> Self {
        Self {
            args: args.into_iter().map(Into::into).collect(),
            execution_id: None,
            tool_version: String::new(),
            root: None,
            db_path: None,
            parent_id: None,
            labels: BTreeMap::new(),
            environment: None,
        }
    }

    /// Sets the version of the tool. The default is empty.
    pub fn tool_version(mut self, version: impl Into<String>) -> Self {
        self.tool_version = version.into();
        self
    }

    /// Sets the folder that the tool works on. Records the commit and branch that git has checked
    /// out there.
    ///
    /// The path is stored as given, and readers select runs by the stored text. Pass an absolute
    /// path, for example from [`std::path::absolute`].
    pub fn root(mut self, folder: impl AsRef<Path>) -> Self {
        self.root = Some(folder.as_ref().to_owned());
        self
    }

    /// Sets the database that the tool works on. The default is the file of the log, if there is
    /// one.
    pub fn db_path(mut self, file: impl AsRef<Path>) -> Self {
        self.db_path = Some(file.as_ref().to_owned());
        self
    }

    /// Adds a label, or replaces the one with this name. Secrets in it are removed as in arguments.
    ///
    /// A name has 1 to 64 bytes without `=` and control characters, a value at most 1024 bytes, and a
    /// run at most 64 labels. What exceeds this is cut or left out, with a warning. Runs in CI and runs that a
    /// coding agent started have labels without this call.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// Sets the parent run. The default is the one that `EXECLOG_PARENT` or `TRACEPARENT` names.
    pub fn parent_id(mut self, execution_id: impl Into<String>) -> Self {
        self.parent_id = Some(execution_id.into());
        self
    }

    /// Sets the execution id. The default is a generated id.
    pub fn execution_id(mut self, id: ExecutionId) -> Self {
        self.execution_id = Some(id);
        self
    }

    /// Sets the facts about the process, for tests.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }
}
