//! A query for runs, and its iterator.

use super::core::Core;
use super::{AnyThread, Summaries, Threads};
use crate::clock::unix_millis;
use crate::error::{Error, Result};
use crate::model::StoredRun;
use crate::model::{RunEntry, Status};
use crate::query::{ContextFilter, Contexts, Filter, Order, Selection, Text};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A query for runs, newest first by default. Made by [`ExecutionLog::runs`](crate::ExecutionLog::runs).
///
/// Reads lazily: nothing before the iteration, and then only the runs that are taken. Holds no lock
/// between two runs, so the log may be called and written to meanwhile.
///
/// ```
/// use execlog::{ExecutionLog, Invocation, Status};
///
/// let log = ExecutionLog::in_memory();
/// log.begin(Invocation::new(["index", "src"])).fail(&"no such folder".parse::<i32>().unwrap_err());
/// for run in log.runs().status(Status::Error).text("SRC").limit(10) {
///     let run = run?;
///     println!("{} {} {:?}", run.record.execution_id, run.status(), run.record.error_message);
/// }
/// # Ok::<(), execlog::Error>(())
/// ```
#[must_use]
pub struct Runs<'log, T: Threads = AnyThread> {
    pub(super) core: &'log Core<T>,
    filter: Filter,
    context_filter: ContextFilter,
    pub(super) limit: Option<usize>,
    order: Order,
    contexts: Contexts,
}

impl<'log, T: Threads> Runs<'log, T> {
    pub(super) fn new(core: &'log Core<T>) -> Self {
        Self {
            core,
            filter: Filter::default(),
            context_filter: ContextFilter::default(),
            limit: None,
            order: Order::default(),
            contexts: Contexts::All,
        }
    }

    /// Selects runs with this status or [`Outcome`](crate::Outcome). Repeat it to allow several.
    pub fn status(mut self, status: impl Into<Status>) -> Self {
        self.filter.statuses.push(status.into());
        self
    }

    /// Selects runs that began at this time or later, to the second.
    pub fn since(mut self, time: SystemTime) -> Self {
        self.filter.since = Some(unix_seconds(time));
        self
    }

    /// Selects runs that began before this second since 1970.
    pub(super) fn before_second(mut self, second: i64) -> Self {
        self.filter.before = Some(second);
        self
    }

    /// Selects runs that began before this time, to the second.
    pub fn until(mut self, time: SystemTime) -> Self {
        self.filter.before = Some(unix_seconds(time));
        self
    }

    /// Selects runs with this text in an argument, the execution id, the tool's version, the root,
    /// the database's path or the error message. Ignores the case of ASCII letters.
    pub fn text(mut self, text: &str) -> Self {
        self.filter.text = Some(Text::new(text));
        self
    }

    /// Selects runs whose first argument is this. Repeat it to allow several.
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.filter.commands.push(command.into());
        self
    }

    /// Selects runs with exactly this root, as the host gave it. Repeat it to allow several.
    pub fn root(mut self, root: impl AsRef<Path>) -> Self {
        let root = root.as_ref().to_string_lossy().into_owned();
        self.filter.roots.push(root);
        self
    }

    /// Selects runs of this version of the tool. Repeat it to allow several.
    pub fn tool_version(mut self, version: impl Into<String>) -> Self {
        self.filter.tool_versions.push(version.into());
        self
    }

    /// Selects runs that ended and took at least this long.
    pub fn min_duration(mut self, time: Duration) -> Self {
        let millis = time.as_nanos().div_ceil(1_000_000);
        self.filter.min_duration_ms = Some(millis.try_into().unwrap_or(i64::MAX));
        self
    }

    /// Selects runs on this host. Repeat it to allow several. Runs without a context are not selected,
    /// as by every condition below.
    pub fn host(mut self, name: impl Into<String>) -> Self {
        self.context_filter.hosts.push(name.into());
        self
    }

    /// Selects runs of this user. Repeat it to allow several.
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.context_filter.users.push(name.into());
        self
    }

    /// Selects runs of this program, by its file name. Repeat it to allow several.
    pub fn program(mut self, name: impl Into<String>) -> Self {
        self.context_filter.programs.push(name.into());
        self
    }

    /// Selects runs on this branch. Repeat it to allow several.
    pub fn branch(mut self, name: impl Into<String>) -> Self {
        self.context_filter.branches.push(name.into());
        self
    }

    /// Selects runs at this commit, or at one whose id begins with this. Repeat it to allow several.
    pub fn revision(mut self, commit: impl Into<String>) -> Self {
        self.context_filter.revisions.push(commit.into());
        self
    }

    /// Selects runs with this exit code. Repeat it to allow several.
    pub fn exit_code(mut self, code: i32) -> Self {
        self.context_filter.exit_codes.push(code.into());
        self
    }

    /// Selects runs that began in exactly this folder. Repeat it to allow several.
    pub fn working_directory(mut self, folder: impl AsRef<Path>) -> Self {
        let folder = folder.as_ref().to_string_lossy().into_owned();
        self.context_filter.folders.push(folder);
        self
    }

    /// Selects runs with this label. Repeat it to ask for several at once.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.context_filter.labels.push((name.into(), value.into()));
        self
    }

    /// Selects the children of this run: those that name it as their parent. Repeat it to allow several.
    pub fn children_of(mut self, parent: &RunEntry) -> Self {
        let trace = parent
            .context
            .as_ref()
            .and_then(|context| context.trace_id.as_deref());
        self.context_filter
            .add_parent(&parent.record.execution_id, trace);
        self
    }

    /// Selects the children of the run with this execution id, or of the trace and span of a
    /// `TRACEPARENT` with a `-` between them. Repeat it to allow several.
    pub fn parent(mut self, id: impl Into<String>) -> Self {
        self.context_filter.parents.push(id.into());
        self
    }

    /// Selects pinned runs.
    pub fn pinned(mut self) -> Self {
        self.context_filter.is_pinned = true;
        self
    }

    pub(super) fn newest_first(mut self) -> Self {
        self.order = Order::NewestFirst;
        self
    }

    /// Sorts the oldest first. In a key-value store this reads all runs before it yields the first.
    pub fn oldest_first(mut self) -> Self {
        self.order = Order::OldestFirst;
        self
    }

    /// Sorts by number, which is the order of insertion. In a key-value store this reads all runs
    /// before it yields the first.
    pub fn as_added(mut self) -> Self {
        self.order = Order::AsAdded;
        self
    }

    /// Omits the contexts, which halves the time in a long log. The statuses stay the same.
    pub fn without_contexts(mut self) -> Self {
        self.contexts = Contexts::ForStatus;
        self
    }

    pub(super) fn with_contexts(mut self) -> Self {
        self.contexts = Contexts::All;
        self
    }

    /// Yields only a summary of each run, which in a long log in SQLite takes about half the time.
    ///
    /// Reads lazily and locks nothing meanwhile, as the query does. A key-value store reads the whole
    /// runs.
    #[must_use]
    pub fn summaries(self) -> Summaries<'log, T> {
        let core = self.core;
        Summaries::new(core, self.without_contexts().selection())
    }

    pub(super) fn selection(self) -> Selection {
        let contexts = if self.context_filter.is_empty() {
            self.contexts
        } else {
            Contexts::All
        };
        Selection {
            filter: self.filter,
            context_filter: self.context_filter,
            wanted: self.limit,
            contexts,
            order: self.order,
        }
    }

    /// Limits the number of runs. A key-value store uses the index with a limit, otherwise scans.
    pub fn limit(mut self, runs: usize) -> Self {
        self.limit = Some(runs);
        self
    }
}

impl<T: Threads> Clone for Runs<'_, T> {
    fn clone(&self) -> Self {
        Self {
            core: self.core,
            filter: self.filter.clone(),
            context_filter: self.context_filter.clone(),
            limit: self.limit,
            order: self.order,
            contexts: self.contexts,
        }
    }
}

impl<T: Threads> std::fmt::Debug for Runs<'_, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Runs")
            .field("filter", &self.filter)
            .field("context_filter", &self.context_filter)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl<'log, T: Threads> IntoIterator for Runs<'log, T> {
    type Item = Result<RunEntry>;
    type IntoIter = RunsIter<'log, T>;

    fn into_iter(self) -> RunsIter<'log, T> {
        let core = self.core;
        let has_contexts = self.contexts == Contexts::All;
        let selection = self.selection();
        RunsIter {
            core,
            statuses: selection.filter.statuses.clone(),
            has_contexts,
            left: selection.wanted.unwrap_or(usize::MAX),
            found: core.found(selection),
        }
    }
}

/// The iterator over the runs of a query. An unreadable run is yielded as an error in its place,
/// and the iteration continues. Any other error ends the iteration.
pub struct RunsIter<'log, T: Threads = AnyThread> {
    core: &'log Core<T>,
    found: Box<dyn Iterator<Item = Result<StoredRun>> + 'log>,
    /// Allows any status if empty.
    statuses: Vec<Status>,
    has_contexts: bool,
    left: usize,
}

impl<T: Threads> std::fmt::Debug for RunsIter<'_, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RunsIter").finish_non_exhaustive()
    }
}

impl<T: Threads> Iterator for RunsIter<'_, T> {
    type Item = Result<RunEntry>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.left > 0 {
            let entry = match self.found.next()? {
                Ok(found) => self.core.entry(found),
                Err(error) => Err(error),
            };
            match &entry {
                Ok(entry) if !self.has_status(entry.status()) => continue,
                Ok(_) | Err(Error::Corrupt { .. }) => self.left -= 1,
                Err(_) => self.left = 0,
            }
            return Some(entry.map(|mut entry| {
                entry.context.take_if(|_| !self.has_contexts);
                entry
            }));
        }
        None
    }
}

impl<T: Threads> RunsIter<'_, T> {
    fn has_status(&self, status: Status) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }
}

impl<T: Threads> std::iter::FusedIterator for RunsIter<'_, T> {}

fn unix_seconds(time: SystemTime) -> i64 {
    unix_millis(time).div_euclid(1000)
}
