//! Shared by the tests: every kind of log, the behaviours that all logs have, property testing, waits
//! with a timeout, a store whose process dies, and throwaway PostgreSQL servers.

pub mod behaviour;
pub mod bounded;
#[cfg(doctest)]
pub mod documents;
pub mod dying;
#[cfg(unix)]
pub mod postgres;
pub mod property;
pub mod subject;

use execlog::ExecutionRecord;

/// A finished run as magellan recorded it.
#[must_use]
pub fn record(id: &str) -> ExecutionRecord {
    ExecutionRecord {
        id: 99,
        execution_id: id.to_owned(),
        tool_version: "4.17.0".to_owned(),
        args: r#"["status"]"#.to_owned(),
        root: None,
        db_path: "code.db".to_owned(),
        started_at: subject::START,
        finished_at: Some(subject::START),
        duration_ms: Some(438),
        outcome: "success".to_owned(),
        error_message: None,
        files_indexed: 0,
        symbols_indexed: 0,
        references_indexed: 0,
    }
}
