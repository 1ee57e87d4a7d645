//! The conditions that need the context.

use crate::model::{ExecutionContext, trace};

/// The conditions of a query that need the context. Runs without a context match only if there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ContextFilter {
    pub(crate) hosts: Vec<String>,
    pub(crate) users: Vec<String>,
    pub(crate) programs: Vec<String>,
    pub(crate) branches: Vec<String>,
    /// Commits, or prefixes of commits.
    pub(crate) revisions: Vec<String>,
    pub(crate) exit_codes: Vec<i64>,
    /// The parents, each in every form that a context may have.
    pub(crate) parents: Vec<String>,
    pub(crate) folders: Vec<String>,
    /// Names and values. A run has to have all of them.
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) is_pinned: bool,
}

impl ContextFilter {
    /// Whether there are no conditions.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn matches(&self, context: Option<&ExecutionContext>) -> bool {
        let Some(context) = context else {
            return self.is_empty();
        };
        let revision = context.revision.as_deref();
        let has_revision = |wanted: &String| revision.is_some_and(|id| id.starts_with(wanted));
        let has_label = |(name, value): &(String, String)| context.labels.get(name) == Some(value);
        is_allowed(&self.hosts, context.host.as_ref())
            && is_allowed(&self.users, context.user.as_ref())
            && is_allowed(&self.programs, context.program.as_ref())
            && is_allowed(&self.branches, context.branch.as_ref())
            && (self.revisions.is_empty() || self.revisions.iter().any(has_revision))
            && is_allowed(&self.exit_codes, context.exit_code.as_ref())
            && is_allowed(&self.parents, context.parent_execution_id.as_ref())
            && is_allowed(&self.folders, context.working_directory.as_ref())
            && self.labels.iter().all(has_label)
            && (!self.is_pinned || context.pin.is_some())
    }

    /// Adds a parent: its execution id, and the trace and span that `TRACEPARENT` names it by.
    pub(crate) fn add_parent(&mut self, execution_id: &str, trace_id: Option<&str>) {
        let (trace, span) = trace::of_run(execution_id, trace_id);
        self.parents.push(execution_id.to_owned());
        self.parents.push(format!("{trace}-{span}"));
    }
}

/// Whether the value is allowed; every value is if the list is empty.
fn is_allowed<V: PartialEq>(wanted: &[V], value: Option<&V>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.contains(value))
}
