//! A run from begin to end: `counters` has its counts, `phases` measures its phases, `details` gathers
//! these with labels and cost, `lock_file` hands on its lock, and `panic` records panics.

mod counters;
mod details;
mod lock_file;
mod panic;
mod phases;

pub use counters::Counters;
pub use phases::PhaseTimer;

use super::core::{Begun, Core, Lock};
use super::{AnyThread, Threads};
use crate::capture::limits::shortened;
use crate::capture::{Cost, Invocation};
use crate::error::{Error, Result};
use crate::model::{ExecutionContext, ExecutionRecord, Outcome};
use crate::store::{Finish, Started};
use details::LABELS_LEFT_OUT;
use parking_lot::Mutex;
use phases::Phases;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

/// A running execution. Made by [`ExecutionLog::begin`](crate::ExecutionLog::begin).
///
/// End it with [`succeed`](Self::succeed), [`partial`](Self::partial) or [`fail`](Self::fail). A
/// run that is dropped without one of them is recorded as an error. A running `Run` holds a lock,
/// so the run reads as crashed if its process dies. End it before calling
/// [`exit`](std::process::exit), which drops nothing. A forked process cannot end the runs of its
/// parent: its copies do nothing. A daemon must begin its run after forking.
///
/// The methods return no errors. The first error of the log is logged as a warning through
/// [`tracing`]; later ones of the same run are silent. Messages are cut to 16 KiB.
///
/// ```
/// use execlog::{ExecutionLog, Invocation};
///
/// let log = ExecutionLog::in_memory();
/// let run = log.begin(Invocation::new(["index", "src"]).tool_version("1.0.0"));
/// run.counters().add_files(1);
/// run.counters().add_symbols(12);
/// run.partial("1 file could not be read");
/// let run = log.find("latest".parse()?)?.expect("a run");
/// assert_eq!((run.status().as_str(), run.record.symbols_indexed), ("partial", 12));
/// # Ok::<(), execlog::Error>(())
/// ```
#[must_use = "a run that is dropped is recorded as an error"]
pub struct Run<T: Threads = AnyThread> {
    core: Arc<Core<T>>,
    record: ExecutionRecord,
    context: ExecutionContext,
    /// Monotonic time.
    began: Duration,
    state: State,
    lock: Option<Lock>,
    counters: Counters,
    phases: Phases,
    /// Those set since the begin.
    labels: Mutex<BTreeMap<String, String>>,
    /// That of the process when the run began, if the run is to have one.
    cost_before: Option<Cost>,
    /// That of a command.
    cost: Mutex<Option<Cost>>,
    exit_code: Mutex<Option<i32>>,
    is_warned: bool,
    /// The process that began the run. A forked process has another number.
    process: u32,
    /// The message if the run is dropped before it ends.
    when_dropped: &'static str,
}

/// The longest stored message, in bytes.
const LONGEST_MESSAGE: usize = 16 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The start is recorded.
    Recorded,
    /// Recording the start failed. The end of the run tries again.
    Pending,
    /// Another run has the same execution id.
    Refused,
    Ended,
}

impl<T: Threads> std::fmt::Debug for Run<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Run")
            .field("execution_id", &self.record.execution_id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl<T: Threads> Run<T> {
    pub(super) fn begin(core: &Arc<Core<T>>, invocation: Invocation) -> Self {
        let began = core.clock().monotonic();
        let Begun {
            record,
            context,
            cost: cost_before,
            are_labels_cut,
        } = core.records_of(invocation);
        let mut run = Self {
            core: Arc::clone(core),
            record,
            context,
            began,
            // Nothing to end yet: if the store panics, dropping the run must not call it again.
            state: State::Ended,
            lock: None,
            counters: Counters::default(),
            phases: Phases::default(),
            labels: Mutex::default(),
            cost_before,
            cost: Mutex::new(None),
            exit_code: Mutex::new(None),
            is_warned: false,
            process: std::process::id(),
            when_dropped: "the run was dropped without an outcome",
        };
        if are_labels_cut {
            run.warn(LABELS_LEFT_OUT);
        }
        match core.waiting_once(|| run.record_start()) {
            Ok(()) => run.state = State::Recorded,
            Err(error) => {
                run.state = match error {
                    Error::Duplicate { .. } => State::Refused,
                    _ => State::Pending,
                };
                run.warn(&format!("this run is not in the log: {error}"));
            }
        }
        run
    }

    /// The execution id of the run.
    #[must_use]
    pub fn execution_id(&self) -> &str {
        &self.record.execution_id
    }

    /// Whether the log has the run. If recording the start failed, the end of the run tries to
    /// record both, unless another run has the same id.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        self.state == State::Recorded
    }

    /// The counters of the run, for use from any thread.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Sets the exit code that the program will end with.
    pub fn set_exit_code(&self, code: i32) {
        *self.exit_code.lock() = Some(code);
    }

    /// Ends the run as a success.
    pub fn succeed(self) {
        self.end(Outcome::Success, None);
    }

    /// Ends the run as partly done. The message says what was not done.
    pub fn partial(self, message: &str) {
        self.end(Outcome::Partial, Some(message));
    }

    /// Ends the run as an error. Records the text of the error and of its sources.
    pub fn fail(self, error: &dyn std::error::Error) {
        self.end(Outcome::Error, Some(&with_causes(error)));
    }

    /// Ends the run as an error with this message.
    pub fn fail_with(self, message: &str) {
        self.end(Outcome::Error, Some(message));
    }

    /// Ends the run by a result: `Ok` is a success, and `Err` an error with its text. Sources are
    /// recorded if the alternate form `{:#}` shows them.
    pub fn finish<V, E: Display>(self, result: &Result<V, E>) {
        match result {
            Ok(_) => self.succeed(),
            Err(error) => self.fail_with(&format!("{error:#}")),
        }
    }

    /// Changes the run so that dropping it records it as cancelled.
    pub(super) fn cancelled_if_dropped(mut self) -> Self {
        self.when_dropped = "cancelled";
        self
    }

    fn end(mut self, outcome: Outcome, message: Option<&str>) {
        if self.is_inherited() {
            self.warn("this run began in another process and cannot be ended here: begin runs after forking");
            self.state = State::Ended;
        } else {
            self.record_end(outcome, message);
        }
    }

    fn is_inherited(&self) -> bool {
        self.process != std::process::id()
    }

    /// Takes the lock before writing the record that names it, so that no reader finds the lock
    /// free.
    fn record_start(&mut self) -> Result<()> {
        // Before the file of the log is created.
        self.core.check()?;
        self.name_database()?;
        let locked = self.core.lock()?.transpose();
        let without_lock = match locked {
            Ok(lock) => {
                self.context.lock = lock.as_ref().map(|lock| lock.name().to_owned());
                self.lock = lock;
                None
            }
            Err(error) => Some(error),
        };
        self.record.id = self.core.insert_started(&self.record, &self.context)?;
        if let Some(error) = without_lock {
            self.warn(&format!(
                "a crash of this run cannot be detected, since its lock could not be taken: {error}"
            ));
        }
        Ok(())
    }

    fn name_database(&mut self) -> Result<()> {
        if self.record.db_path.is_empty()
            && let Some(file) = self.core.file()?
        {
            self.record.db_path = file;
        }
        Ok(())
    }

    fn record_end(&mut self, outcome: Outcome, message: Option<&str>) {
        let core = Arc::clone(&self.core);
        let message =
            message.map(|message| core.redaction().text(shortened(message, LONGEST_MESSAGE)));
        let (files, symbols, references) = self.counters.get();
        let details = self.details_at(core.clock().monotonic());
        let finish = Finish {
            outcome,
            error_message: message.as_deref(),
            ended_at_ms: self.core.clock().unix_millis(),
            started: Some(Started {
                id: self.record.id,
                measured_ms: self.core.millis_since(self.began),
                has_context: true,
            }),
            exit_code: self.exit_code.lock().map(i64::from),
            files,
            symbols,
            references,
            details: Some(&details),
        };
        let state = std::mem::replace(&mut self.state, State::Ended);
        let recorded = match state {
            State::Recorded => core.waiting_once(|| {
                match core.finish_run(&self.record.execution_id, self.began, &finish) {
                    Err(Error::NotFound { .. }) => self.record_whole(&finish),
                    other => other,
                }
            }),
            State::Pending => core.waiting_once(|| self.record_whole(&finish)),
            State::Refused | State::Ended => Ok(()),
        };
        // If recording the end failed, the lock file stays, so that the run reads as crashed.
        let is_recorded = matches!(recorded, Ok(()) | Err(Error::AlreadyFinished { .. }));
        if let Some(lock) = self.lock.take()
            && (is_recorded || state == State::Pending)
        {
            lock.release();
        }
        if let Err(error) = recorded {
            self.warn(&format!("the end of this run is not in the log: {error}"));
        }
    }

    /// Records start and end together.
    fn record_whole(&mut self, finish: &Finish) -> Result<()> {
        self.name_database()?;
        let started = self.context.clone();
        let (mut record, mut context) = (self.record.clone(), started.clone());
        finish.apply(&mut record, Some(&mut context));
        context.lock = None;
        match self.core.insert_ended(&record, &context) {
            // A start whose flush failed may be in the store already.
            Err(Error::Duplicate { .. }) if self.core.has_context(&started)? => {
                let finish = Finish {
                    started: None,
                    ..*finish
                };
                self.core
                    .finish_run(&record.execution_id, self.began, &finish)
            }
            other => other,
        }
    }

    fn warn(&mut self, message: &str) {
        if !std::mem::replace(&mut self.is_warned, true) {
            tracing::warn!(execution_id = self.record.execution_id, "{message}");
        }
    }
}

impl<T: Threads> Drop for Run<T> {
    fn drop(&mut self) {
        // Dropping an inherited lock only closes a handle: the parent keeps the lock.
        if self.state == State::Ended || self.is_inherited() {
            return;
        }
        let message = if std::thread::panicking() {
            "the run was dropped while its thread was panicking"
        } else {
            self.when_dropped
        };
        self.record_end(Outcome::Error, Some(message));
    }
}

/// The text of an error and of its sources, without sources that the text already ends with.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    for cause in causes.map(ToString::to_string) {
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}
