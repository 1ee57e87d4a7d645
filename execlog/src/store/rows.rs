//! What the stores with tables share: reading the columns of a run in order, and checking a row.

use super::verify::{finding, problem_of_context, problem_of_number, problems_of};
use crate::error::{Error, Result};
use crate::model::record::RUNNING;
use crate::model::{ExecutionContext, ExecutionRecord, StoredRun};
use crate::store::report::Finding;
use serde::de::DeserializeOwned;

/// The number of the columns of a record. Those of its context follow.
const OF_RECORD: usize = 14;

/// Reads the columns of a row in order. Each call reads the next.
pub(super) trait ColumnReader {
    fn text(&mut self) -> Result<String>;
    fn text_or_null(&mut self) -> Result<Option<String>>;
    fn integer(&mut self) -> Result<i64>;
    fn integer_or_null(&mut self) -> Result<Option<i64>>;
    fn flag(&mut self) -> Result<bool>;
    /// A value as JSON. NULL is the default.
    fn json<T: DeserializeOwned + Default>(&mut self) -> Result<T>;

    fn record(&mut self) -> Result<ExecutionRecord> {
        Ok(ExecutionRecord {
            id: self.integer()?,
            execution_id: self.text()?,
            tool_version: self.text()?,
            args: self.text()?,
            root: self.text_or_null()?,
            db_path: self.text()?,
            started_at: self.integer()?,
            finished_at: self.integer_or_null()?,
            duration_ms: self.integer_or_null()?,
            outcome: self.text()?,
            error_message: self.text_or_null()?,
            files_indexed: self.integer()?,
            symbols_indexed: self.integer()?,
            references_indexed: self.integer()?,
        })
    }

    fn context(&mut self) -> Result<ExecutionContext> {
        Ok(ExecutionContext {
            execution_id: self.text()?,
            started_at_ms: self.integer()?,
            ended_at_ms: self.integer_or_null()?,
            process_id: self.integer_or_null()?,
            program: self.text_or_null()?,
            host: self.text_or_null()?,
            user: self.text_or_null()?,
            working_directory: self.text_or_null()?,
            exit_code: self.integer_or_null()?,
            parent_execution_id: self.text_or_null()?,
            revision: self.text_or_null()?,
            branch: self.text_or_null()?,
            lock: self.text_or_null()?,
            crashed: self.flag()?,
            trace_id: self.text_or_null()?,
            labels: self.json()?,
            counters: self.json()?,
            phases: self.json()?,
            cpu_ms: self.integer_or_null()?,
            peak_memory_bytes: self.integer_or_null()?,
            pin: self.text_or_null()?,
        })
    }
}

/// The error of a value in this column of a run's row that cannot be read.
pub(super) fn corrupt(id: i64, column: usize, reason: &dyn std::error::Error) -> Error {
    let key = if column < OF_RECORD {
        key_of_record(id)
    } else {
        format!("execlog_context of {}", key_of_record(id))
    };
    Error::Corrupt {
        key,
        reason: reason.to_string(),
    }
}

/// The name of a record in findings.
pub(super) fn key_of_record(id: i64) -> String {
    format!("execution_log row {id}")
}

/// The name of a context in findings.
pub(super) fn key_of_context(execution_id: &str) -> String {
    format!("execlog_context of `{execution_id}`")
}

/// Reports the problems of a readable run.
pub(super) fn check_run(run: &StoredRun, findings: &mut Vec<Finding>) {
    let StoredRun { record, context } = run;
    let key = key_of_record(record.id);
    let problems = problems_of(record)
        .into_iter()
        .chain(problem_of_number(record.id));
    findings.extend(problems.map(|problem| finding(key.clone(), problem)));
    if let Some(context) = context {
        // A run and its context end in one transaction.
        let is_open = record.outcome == RUNNING && context.ended_at_ms.is_some();
        let is_open =
            is_open.then(|| format!("the context has an end, but its run is `{RUNNING}`"));
        let problems = problem_of_context(context).into_iter().chain(is_open);
        let key = key_of_context(&context.execution_id);
        findings.extend(problems.map(|problem| finding(key.clone(), problem)));
    }
}
