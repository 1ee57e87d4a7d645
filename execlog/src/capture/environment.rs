//! The process, host and user of a run.

use super::trace;
use std::path::Path;
use std::sync::OnceLock;

/// What the context of a run says of its process.
///
/// A host has no need for it. A test hands in one of its own with
/// [`Invocation::environment`](crate::Invocation::environment), so that what is stored does not
/// change from machine to machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// The number of the process.
    pub process_id: Option<u32>,
    /// The file name of the program.
    pub program: Option<String>,
    /// The name of the host.
    pub host: Option<String>,
    /// The login name of the user.
    pub user: Option<String>,
    /// The current folder.
    pub working_directory: Option<String>,
    /// What `TRACEPARENT` names: its trace and span with a `-` between them.
    pub parent: Option<String>,
}

impl Environment {
    /// That of this process. What cannot be found out is left out.
    #[must_use]
    pub fn of_process() -> Self {
        // The user may have to be asked of a directory service.
        static NAMES: OnceLock<(Option<String>, Option<String>)> = OnceLock::new();
        let (host, user) = NAMES.get_or_init(|| (whoami::hostname().ok(), whoami::username().ok()));
        let folder = std::env::current_dir().ok();
        Self {
            process_id: Some(std::process::id()),
            program: program(),
            host: host.clone(),
            user: user.clone(),
            working_directory: folder.map(|folder| folder.to_string_lossy().into_owned()),
            parent: std::env::var("TRACEPARENT")
                .ok()
                .as_deref()
                .and_then(trace::parent),
        }
    }
}

fn program() -> Option<String> {
    let started_as = std::env::args_os().next()?;
    let name = Path::new(&started_as).file_name()?;
    Some(name.to_string_lossy().into_owned())
}
