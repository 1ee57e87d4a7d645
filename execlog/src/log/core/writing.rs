//! Recording runs from begin to end.

use super::Core;
use super::liveness::{Lock, LockFolder};
use crate::capture::limits::checked_labels;
use crate::capture::{Cost, Environment, Invocation, Revision};
use crate::error::Result;
use crate::log::threads::Store;
use crate::model::{ExecutionContext, ExecutionId, ExecutionRecord};
use crate::store::{CreateIfMissing, Finish};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Duration;

/// A run that begins.
pub(in crate::log) struct Begun {
    pub(in crate::log) record: ExecutionRecord,
    pub(in crate::log) context: ExecutionContext,
    /// The cost of the process so far.
    pub(in crate::log) cost: Option<Cost>,
    pub(in crate::log) are_labels_cut: bool,
}

impl<T: Store> Core<T> {
    /// Returns the file of the log, created if needed, or `None` if its path is unknown.
    pub(in crate::log) fn file(&self) -> Result<Option<String>> {
        let file = self.store().file(CreateIfMissing::Yes)?;
        Ok(file.map(|file| self.redaction.path(&file.to_string_lossy())))
    }

    /// Returns the record and the context of a run that begins now, without a lock.
    pub(in crate::log) fn records_of(&self, invocation: Invocation) -> Begun {
        let now = self.clock.unix_millis();
        let environment = invocation
            .environment
            .unwrap_or_else(Environment::of_process);
        let cost = environment.cost;
        let folder = environment.working_directory.as_deref().map(Path::new);
        let revision = invocation.root.as_deref().or(folder);
        let revision = revision.map(Revision::of).unwrap_or_default();
        let mut labels = environment.labels;
        labels.extend(invocation.labels);
        let (labels, are_labels_cut) = self.labels_of(labels);
        let id = invocation
            .execution_id
            .unwrap_or_else(ExecutionId::generate);
        let text = |path: &Path| self.redaction.path(&path.to_string_lossy());
        let record = ExecutionRecord {
            tool_version: self.redaction.path(&invocation.tool_version),
            args: json(self.redaction.arguments(&invocation.args)),
            root: invocation.root.as_deref().map(text),
            db_path: invocation.db_path.as_deref().map(text).unwrap_or_default(),
            ..ExecutionRecord::running(id.into_string(), now.div_euclid(1000))
        };
        let clean = |text: String| self.redaction.path(&text);
        let context = ExecutionContext {
            execution_id: record.execution_id.clone(),
            started_at_ms: now,
            ended_at_ms: None,
            process_id: environment.process_id.map(i64::from),
            program: environment.program,
            host: environment.host,
            user: environment.user,
            working_directory: environment.working_directory.map(clean),
            exit_code: None,
            parent_execution_id: invocation.parent_id.or(environment.parent).map(clean),
            revision: revision.commit,
            branch: revision.branch.map(clean),
            lock: None,
            crashed: false,
            trace_id: environment.trace_id,
            labels,
            ..ExecutionContext::default()
        };
        Begun {
            record,
            context,
            cost,
            are_labels_cut,
        }
    }

    /// Returns the labels as they are stored, and whether some were cut or left out.
    pub(in crate::log) fn labels_of(
        &self,
        labels: BTreeMap<String, String>,
    ) -> (BTreeMap<String, String>, bool) {
        if labels.is_empty() {
            return (labels, false);
        }
        // Redacted first: a secret that was cut might not be recognised.
        let given = labels.len();
        let has_clean_name = |name: &str| self.redaction.path(name) == name;
        let clean: BTreeMap<_, _> = labels
            .into_iter()
            .filter(|(name, _)| has_clean_name(name))
            .map(|(name, value)| {
                let value = self.redaction.label(&name, &value);
                (name, value)
            })
            .collect();
        let are_left_out = clean.len() < given;
        let (labels, are_cut) = checked_labels(clean);
        (labels, are_cut || are_left_out)
    }

    /// Takes a lock for a run. Returns `None` if the log has no lock folder.
    pub(in crate::log) fn lock(&self) -> Result<Option<io::Result<Lock>>> {
        let folder = self.locks.folder(self.store(), CreateIfMissing::Yes)?;
        Ok(folder.map(LockFolder::take))
    }

    /// Records the start of a run and returns its number. The log was [checked](Self::check).
    pub(in crate::log) fn insert_started(
        &self,
        record: &ExecutionRecord,
        context: &ExecutionContext,
    ) -> Result<i64> {
        // The file may have been created since. Only then its lock folder is known.
        self.check_head(false)?;
        let id = self.written().insert(record.clone(), Some(context))?;
        self.note_number(id);
        self.flush_started()?;
        self.sweep_now_and_then(id);
        Ok(id)
    }

    /// Records a complete run.
    pub(in crate::log) fn insert_ended(
        &self,
        record: &ExecutionRecord,
        context: &ExecutionContext,
    ) -> Result<()> {
        let id = self.writing()?.insert(record.clone(), Some(context))?;
        self.note_number(id);
        self.flush_finished()
    }

    /// Records the end of a run that began at this monotonic time.
    pub(in crate::log) fn finish_run(
        &self,
        execution_id: &str,
        began: Duration,
        finish: &Finish,
    ) -> Result<()> {
        /// Skips the check of a log file that was checked shortly before.
        const SHORT: Duration = Duration::from_millis(50);
        let store = if self.clock.monotonic().saturating_sub(began) > SHORT {
            self.writing()?
        } else {
            self.written()
        };
        store.finish(execution_id, finish)?;
        self.flush_finished()
    }

    /// Whether the log has exactly this context.
    pub(in crate::log) fn has_context(&self, context: &ExecutionContext) -> Result<bool> {
        let found = self.store().find(&context.execution_id)?;
        Ok(found.is_some_and(|found| found.context.as_deref() == Some(context)))
    }
}

/// Serializes arguments as a JSON array of strings.
pub(in crate::log) fn json(args: Vec<String>) -> String {
    serde_json::Value::from(args).to_string()
}
