//! Finding secrets in stored runs.

use super::Maintenance;
use crate::error::Result;
use crate::log::Threads;
use crate::model::{ExecutionContext, ExecutionRecord};
use crate::query::{Contexts, Selection};
use crate::redaction::Redaction;
use std::fmt;

/// The place of a secret in a log. Its `Display` does not show the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundSecret {
    /// The run.
    pub execution_id: String,
    /// The field of the run's record or of its context.
    pub field: &'static str,
    /// The index in `args`, counted from 0; `Display` counts from 1. `None` for other fields.
    pub argument: Option<usize>,
}

impl fmt::Display for FoundSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` of run `{}`", self.field, self.execution_id)?;
        match self.argument {
            Some(argument) => write!(formatter, ", argument {}", argument + 1),
            None => Ok(()),
        }
    }
}

impl<'log, T: Threads> Maintenance<'log, T> {
    /// Finds secrets in stored runs, newest run first: all text that redaction would remove now.
    ///
    /// A log may have secrets if magellan wrote it, or if a rule was added later. The log itself
    /// stays unchanged. Reads every run.
    ///
    /// # Errors
    ///
    /// For an item, [`Error::Corrupt`](crate::Error::Corrupt) if a run cannot be read. Any other
    /// error ends the iteration.
    pub fn audit_secrets(&self) -> impl Iterator<Item = Result<FoundSecret>> + use<'log, T> {
        let core = self.core;
        let runs = core.found(Selection {
            contexts: Contexts::All,
            ..Selection::default()
        });
        runs.flat_map(move |run| match run {
            Ok(found) => {
                let mut secrets = secrets_in(core.redaction(), &found.record);
                if let Some(context) = &found.context {
                    secrets.extend(secrets_in_context(core.redaction(), context));
                }
                secrets.into_iter().map(Ok).collect()
            }
            Err(error) => vec![Err(error)],
        })
    }
}

fn secrets_in(redaction: &Redaction, record: &ExecutionRecord) -> Vec<FoundSecret> {
    let found = |field, argument| FoundSecret {
        execution_id: record.execution_id.clone(),
        field,
        argument,
    };
    let mut secrets = Vec::new();
    // If `args` is not a list, scan it as text.
    let args = record.arguments();
    if let Ok(args) = &args {
        let places = redaction.find_in_arguments(args).into_iter().enumerate();
        let with_secret = places.filter(|(_, places)| !places.is_empty());
        secrets.extend(with_secret.map(|(index, _)| found("args", Some(index))));
    }
    let path = |path: &String| redaction.path(path) != *path;
    let text = |text: &String| redaction.text(text) != *text;
    let fields = [
        ("args", args.is_err() && text(&record.args)),
        ("root", record.root.as_ref().is_some_and(path)),
        ("db_path", path(&record.db_path)),
        (
            "error_message",
            record.error_message.as_ref().is_some_and(text),
        ),
    ];
    let holding = fields.into_iter().filter(|(_, holds)| *holds);
    secrets.extend(holding.map(|(field, _)| found(field, None)));
    secrets
}

fn secrets_in_context(redaction: &Redaction, context: &ExecutionContext) -> Vec<FoundSecret> {
    let path = |path: &String| redaction.path(path) != *path;
    let label =
        |(name, value): (&String, &String)| path(name) || redaction.label(name, value) != *value;
    let fields = [
        (
            "working_directory",
            context.working_directory.as_ref().is_some_and(path),
        ),
        (
            "parent_execution_id",
            context.parent_execution_id.as_ref().is_some_and(path),
        ),
        ("branch", context.branch.as_ref().is_some_and(path)),
        ("labels", context.labels.iter().any(label)),
        ("counters", context.counters.keys().any(path)),
        (
            "phases",
            context.phases.iter().any(|phase| path(&phase.name)),
        ),
        (
            "pin",
            context
                .pin
                .as_ref()
                .is_some_and(|note| redaction.text(note) != *note),
        ),
    ];
    let holding = fields.into_iter().filter(|(_, holds)| *holds);
    let found = holding.map(|(field, _)| FoundSecret {
        execution_id: context.execution_id.clone(),
        field,
        argument: None,
    });
    found.collect()
}
