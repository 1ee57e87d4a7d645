use crate::clock::unix_millis;
use crate::query::{Contexts, Filter, Order, Selection, StoredRun, Text};
use crate::{Error, ExecutionLog, Result, RunEntry, Status};
use std::time::{Duration, SystemTime};

/// A query for runs, newest first unless it says otherwise. Made by [`ExecutionLog::runs`].
///
/// Nothing is read before it is iterated, and then no more than is taken. Between two runs no lock
/// is held: the log may be called, and written to.
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
#[derive(Debug, Clone)]
#[must_use]
pub struct Runs<'log> {
    log: &'log ExecutionLog,
    filter: Filter,
    limit: Option<usize>,
    order: Order,
    contexts: Contexts,
}

impl<'log> Runs<'log> {
    pub(crate) fn new(log: &'log ExecutionLog) -> Self {
        Self {
            log,
            filter: Filter::default(),
            limit: None,
            order: Order::default(),
            contexts: Contexts::All,
        }
    }

    /// Only runs with this status, or [`Outcome`](crate::Outcome). Call it again to allow several.
    pub fn status(mut self, status: impl Into<Status>) -> Self {
        self.filter.statuses.push(status.into());
        self
    }

    /// Only runs that began at this time or later, to the second.
    pub fn since(mut self, time: SystemTime) -> Self {
        self.filter.since = Some(unix_seconds(time));
        self
    }

    /// Only runs that began before this time, to the second.
    pub fn until(mut self, time: SystemTime) -> Self {
        self.filter.before = Some(unix_seconds(time));
        self
    }

    /// Only runs with this text in an argument, the execution id, the tool's version, the root, the
    /// database's path or the error message. The case of ASCII letters does not matter.
    pub fn text(mut self, text: &str) -> Self {
        self.filter.text = Some(Text::new(text));
        self
    }

    /// Only runs whose first argument is this. Call it again to allow several.
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.filter.commands.push(command.into());
        self
    }

    /// Only runs on this root, spelled as it is in the record. Call it again to allow several.
    pub fn root(mut self, root: impl Into<String>) -> Self {
        self.filter.roots.push(root.into());
        self
    }

    /// Only runs of this version of the tool. Call it again to allow several.
    pub fn tool_version(mut self, version: impl Into<String>) -> Self {
        self.filter.tool_versions.push(version.into());
        self
    }

    /// Only runs that ended and took so long or longer.
    pub fn min_duration(mut self, time: Duration) -> Self {
        let millis = time.as_nanos().div_ceil(1_000_000);
        self.filter.min_duration_ms = Some(millis.try_into().unwrap_or(i64::MAX));
        self
    }

    /// The oldest come first. In a key-value store this reads all runs before it gives the first.
    pub fn oldest_first(mut self) -> Self {
        self.order = Order::OldestFirst;
        self
    }

    /// In the order that they were added in: by their number. In a key-value store this reads all runs
    /// before it gives the first.
    pub fn as_added(mut self) -> Self {
        self.order = Order::AsAdded;
        self
    }

    /// Leaves the contexts out, which takes half of the time in a long log. The statuses are the same.
    pub fn without_contexts(mut self) -> Self {
        self.contexts = Contexts::ForStatus;
        self
    }

    /// No more than so many runs. In a key-value store it is the limit that lets the log read by its
    /// index and not scan the store.
    pub fn limit(mut self, runs: usize) -> Self {
        self.limit = Some(runs);
        self
    }
}

impl<'log> IntoIterator for Runs<'log> {
    type Item = Result<RunEntry>;
    type IntoIter = RunsIter<'log>;

    fn into_iter(self) -> RunsIter<'log> {
        let statuses = self.filter.statuses.clone();
        let selection = Selection {
            filter: self.filter,
            wanted: self.limit,
            contexts: self.contexts,
            order: self.order,
        };
        RunsIter {
            log: self.log,
            found: self.log.found(selection),
            statuses,
            has_contexts: self.contexts == Contexts::All,
            left: self.limit.unwrap_or(usize::MAX),
        }
    }
}

/// The runs of a query. What cannot be read is an error in its place, and the others follow; after
/// any other error there is no more.
pub struct RunsIter<'log> {
    log: &'log ExecutionLog,
    found: Box<dyn Iterator<Item = Result<StoredRun>> + 'log>,
    /// Any if empty.
    statuses: Vec<Status>,
    has_contexts: bool,
    left: usize,
}

impl std::fmt::Debug for RunsIter<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RunsIter").finish_non_exhaustive()
    }
}

impl Iterator for RunsIter<'_> {
    type Item = Result<RunEntry>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.left > 0 {
            let entry = match self.found.next()? {
                Ok(found) => self.log.entry(found),
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

impl RunsIter<'_> {
    fn has_status(&self, status: Status) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }
}

impl std::iter::FusedIterator for RunsIter<'_> {}

fn unix_seconds(time: SystemTime) -> i64 {
    unix_millis(time).div_euclid(1000)
}
