//! A run without its long texts.

use super::{RunEntry, Status};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A run without its long texts: what figures of many runs need. Made by
/// [`Runs::summaries`](crate::Runs::summaries), or from a [`RunEntry`].
///
/// The texts of the runs that were read together are in one allocation, which lives as long as one of
/// these summaries. Keep the texts, not the summaries, of a few runs out of many.
///
/// ```
/// use execlog::{ExecutionLog, Invocation};
///
/// let log = ExecutionLog::in_memory();
/// log.begin(Invocation::new(["index", "src"])).succeed();
/// let mut time = 0;
/// for run in log.runs().summaries() {
///     let run = run?;
///     if run.command() == Some("index") {
///         time += run.duration_ms.unwrap_or_default();
///     }
/// }
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct RunSummary {
    /// The number of the run in its log.
    pub id: i64,
    /// The start time, in seconds since 1970 in UTC.
    pub started_at: i64,
    /// The duration in milliseconds; `None` while the run goes on, and if it crashed.
    pub duration_ms: Option<i64>,
    /// The number of indexed files.
    pub files_indexed: i64,
    /// The number of indexed symbols.
    pub symbols_indexed: i64,
    /// The number of indexed references.
    pub references_indexed: i64,
    status: Status,
    texts: Texts,
    page: Arc<str>,
}

/// The numbers and the status of a run.
pub(crate) struct Figures {
    pub(crate) id: i64,
    pub(crate) started_at: i64,
    pub(crate) duration_ms: Option<i64>,
    pub(crate) files_indexed: i64,
    pub(crate) symbols_indexed: i64,
    pub(crate) references_indexed: i64,
    pub(crate) status: Status,
}

/// Where the texts of a run are in those of its page.
#[derive(Clone)]
pub(crate) struct Texts {
    execution_id: Range<usize>,
    tool_version: Range<usize>,
    command: Option<Range<usize>>,
}

impl Texts {
    /// Appends the texts of a run to those of its page.
    pub(crate) fn append(
        page: &mut String,
        execution_id: &str,
        tool_version: &str,
        command: Option<&str>,
    ) -> Self {
        let mut append = |text: &str| {
            let start = page.len();
            page.push_str(text);
            start..page.len()
        };
        Self {
            execution_id: append(execution_id),
            tool_version: append(tool_version),
            command: command.map(append),
        }
    }
}

impl RunSummary {
    pub(crate) fn new(figures: &Figures, texts: Texts, page: Arc<str>) -> Self {
        let Figures {
            id,
            started_at,
            duration_ms,
            files_indexed,
            symbols_indexed,
            references_indexed,
            status,
        } = *figures;
        Self {
            id,
            started_at,
            duration_ms,
            files_indexed,
            symbols_indexed,
            references_indexed,
            status,
            texts,
            page,
        }
    }

    /// The execution id, unique in the log.
    #[must_use]
    pub fn execution_id(&self) -> &str {
        &self.page[self.texts.execution_id.clone()]
    }

    /// The version of the tool.
    #[must_use]
    pub fn tool_version(&self) -> &str {
        &self.page[self.texts.tool_version.clone()]
    }

    /// The first argument, for most tools the command, as
    /// [`ExecutionRecord::command`](crate::ExecutionRecord::command) gives it.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        let command = self.texts.command.clone()?;
        Some(&self.page[command])
    }

    /// The status at the time of reading.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }
}

impl From<&RunEntry> for RunSummary {
    fn from(run: &RunEntry) -> Self {
        let record = &run.record;
        let mut page = String::new();
        let texts = Texts::append(
            &mut page,
            &record.execution_id,
            &record.tool_version,
            record.first_argument().as_deref(),
        );
        let figures = Figures {
            id: record.id,
            started_at: record.started_at,
            duration_ms: record.duration_ms,
            files_indexed: record.files_indexed,
            symbols_indexed: record.symbols_indexed,
            references_indexed: record.references_indexed,
            status: run.status(),
        };
        Self::new(&figures, texts, page.into())
    }
}

/// Equal if the runs are, whatever else was read with them.
impl PartialEq for RunSummary {
    fn eq(&self, other: &Self) -> bool {
        let numbers = |run: &Self| {
            (
                run.id,
                run.started_at,
                run.duration_ms,
                run.files_indexed,
                run.symbols_indexed,
                run.references_indexed,
                run.status,
            )
        };
        numbers(self) == numbers(other)
            && self.execution_id() == other.execution_id()
            && self.tool_version() == other.tool_version()
            && self.command() == other.command()
    }
}

impl Eq for RunSummary {}

impl fmt::Debug for RunSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RunSummary")
            .field("id", &self.id)
            .field("execution_id", &self.execution_id())
            .field("tool_version", &self.tool_version())
            .field("command", &self.command())
            .field("started_at", &self.started_at)
            .field("duration_ms", &self.duration_ms)
            .field("files_indexed", &self.files_indexed)
            .field("symbols_indexed", &self.symbols_indexed)
            .field("references_indexed", &self.references_indexed)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
