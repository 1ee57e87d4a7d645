//! Opens the log in a file or on a server. A native graph is read from a copy.

use super::copying::GraphCopy;
use super::location::Location;
use crate::failure::Failure;
use crate::output::messages;
use crate::runs::listed::{Listed, PAGE};
use crate::runs::times;
use execlog::{Error, ExecutionLog, FileKind, Finding, LocalLog, Loss, Repair, RunEntry, Status};
use std::path::Path;
use std::time::Duration;

/// An open log.
pub(crate) struct OpenLog {
    pub(crate) log: LocalLog,
    /// The path of its file or the name of its server, to show it.
    pub(crate) name: String,
    location: Location,
    /// The copy of a native graph that is read.
    copy: Option<GraphCopy>,
}

/// Opens a log to read it.
pub(crate) fn read(location: Location) -> Result<OpenLog, Failure> {
    match location {
        Location::File(file) => read_file(&file),
        Location::Server(server) => {
            let log = server.open()?;
            Ok(OpenLog::in_place(log, Location::Server(server)))
        }
    }
}

fn read_file(file: &Path) -> Result<OpenLog, Failure> {
    const TRIES: usize = 20;
    let mut opened = read_once(file)?;
    for _ in 0..TRIES {
        // A run that began after the file was copied is missing only in the copy.
        if !opened.copy.as_ref().is_some_and(GraphCopy::is_outdated) || opened.loss()?.is_none() {
            break;
        }
        opened = read_once(file)?;
    }
    Ok(opened)
}

fn read_once(file: &Path) -> Result<OpenLog, Failure> {
    let kind = FileKind::of(file)?;
    let (log, copy) = if kind.is_shared() {
        (ExecutionLog::read_only(file).into(), None)
    } else {
        // The engine names its other files after the file, not after a link to it.
        let real = file.canonicalize()?;
        let copy = GraphCopy::of(&real, kind)?;
        let log = ExecutionLog::open(copy.path()).map_err(|error| of_original(error, file))?;
        (log.with_locks_beside(&real), Some(copy))
    };
    let opened = OpenLog::in_place(log, Location::File(file.to_owned()));
    Ok(OpenLog { copy, ..opened })
}

/// The error of a copy, with the name of the file that the user knows.
fn of_original(error: Error, file: &Path) -> Error {
    match error {
        Error::Open { reason, .. } => Error::Open {
            path: file.to_owned(),
            reason,
        },
        other => other,
    }
}

/// Whether the file has had a log, by the head file that is written beside one as runs begin.
pub(crate) fn had_log(file: &Path) -> bool {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let mut locks = file.into_os_string();
    locks.push(".execlog");
    let heads = ["head", "head-keys"];
    heads
        .iter()
        .any(|head| Path::new(&locks).join(head).is_file())
}

/// Whether several processes may add runs to the log in this file at once.
pub(crate) fn is_shared(file: &Path, kind: FileKind) -> bool {
    // Another program may hold a lock for a long time.
    const TIMEOUT: Duration = Duration::from_millis(50);
    let log = || ExecutionLog::read_only(file).with_busy_timeout(TIMEOUT);
    let is_in_graph = || log().maintenance().is_in_graph();
    kind.is_shared() && !is_in_graph().unwrap_or(false)
}

impl OpenLog {
    /// A log that is opened where it is, not in a copy.
    pub(super) fn in_place(log: LocalLog, location: Location) -> Self {
        Self {
            log: times::with_clock(log),
            name: location.to_string(),
            location,
            copy: None,
        }
    }

    pub(crate) fn is_on_server(&self) -> bool {
        matches!(self.location, Location::Server(_))
    }

    /// The same log, which waits this long for others.
    pub(super) fn with_busy_timeout(self, time: Duration) -> Self {
        let log = self.log.with_busy_timeout(time);
        Self { log, ..self }
    }

    /// The log in the graph of the same file.
    pub(super) fn in_graph(self) -> Self {
        let log = times::with_clock(self.log.maintenance().in_graph());
        Self { log, ..self }
    }

    /// A run of this log, to be listed.
    pub(crate) fn listed(&self, run: RunEntry) -> Listed<'_> {
        Listed::new(run, &self.log, &self.name)
    }

    /// Runs of this log, to be listed.
    pub(crate) fn listed_together(&self, runs: &[RunEntry]) -> impl Iterator<Item = Listed<'_>> {
        Listed::all(runs, &self.log, &self.name)
    }

    /// Runs of this log, to be listed as they are read. A run of a file does not wait for those behind it.
    pub(crate) fn listed_as_read(
        &self,
        runs: impl Iterator<Item = execlog::Result<RunEntry>>,
    ) -> impl Iterator<Item = execlog::Result<Listed<'_>>> {
        let together = if self.is_on_server() { PAGE } else { 1 };
        Listed::as_read(runs, together, &self.log, &self.name)
    }

    /// Opens the same log again to read it.
    pub(crate) fn reopened(&self) -> Result<Self, Failure> {
        let opened = read(self.location.clone())?;
        if self.log.maintenance().is_in_graph()? {
            return Ok(opened.in_graph());
        }
        Ok(opened)
    }

    /// The log in the graph, if this one is in a table of the same SQLite file.
    pub(crate) fn other(&self) -> Result<Option<Self>, Failure> {
        if self.log.maintenance().is_in_graph()? {
            return Ok(None);
        }
        match self.log.maintenance().has_log_in_graph() {
            Ok(false) => Ok(None),
            // The file is damaged: verifying the other log reports it.
            Ok(true) | Err(Error::Sqlite { .. }) => {
                Ok(Some(read(self.location.clone())?.in_graph()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Says so if the file has another log.
    pub(crate) fn note_another(&self) -> Result<(), Failure> {
        let has_log_in_graph = self.log.maintenance().has_log_in_graph().unwrap_or(false);
        if has_log_in_graph && !self.log.maintenance().is_in_graph()? {
            messages::note(&format!(
                "`{}` has two logs: this one is in the table `execution_log`; `--in-graph` uses the \
                 one in the graph",
                self.name
            ));
        }
        Ok(())
    }

    /// Copies a native graph again if it has changed since.
    pub(crate) fn refresh(&mut self) -> Result<(), Failure> {
        if self.copy.as_ref().is_some_and(GraphCopy::is_outdated) {
            *self = self.reopened()?;
        }
        Ok(())
    }

    /// The runs that the log has lost. `None` too if its index cannot be read.
    pub(super) fn loss(&self) -> Result<Option<Loss>, Failure> {
        match self.log.maintenance().loss() {
            Err(Error::Corrupt { .. }) => Ok(None),
            other => Ok(other?),
        }
    }
}

/// Fails if a run goes on. Two processes that write to a native graph overwrite each other's changes, and two
/// that add runs to a log in any graph can give the same number.
pub(super) fn refuse_if_in_use(opened: &OpenLog) -> Result<(), Failure> {
    let running = opened.log.runs().status(Status::Running).limit(1);
    match running.into_iter().find_map(Result::ok) {
        None => Ok(()),
        Some(run) => Err(Failure::failed(format!(
            "`{}` is in use by run `{}`: only one process may write to a log in a graph, so try \
             again when the run has ended",
            opened.name, run.record.execution_id
        ))),
    }
}

/// Fails if a native graph has lost data. The engine would delete what it cannot read, the host's data too.
pub(super) fn refuse_if_damaged(opened: &OpenLog) -> Result<(), Failure> {
    let verified = opened.log.maintenance().verify()?;
    let is_loss = |finding: &&Finding| finding.repair == Repair::AcceptLoss;
    match verified.findings.iter().find(is_loss) {
        None => Ok(()),
        Some(Finding { key, problem, .. }) => Err(Failure::failed(format!(
            "`{}` is damaged and was not changed: {key}: {problem}; restore it from a backup, or \
             give up what is lost with `execlog verify --accept-loss`",
            opened.name
        ))),
    }
}
