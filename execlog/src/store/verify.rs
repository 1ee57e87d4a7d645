use crate::{ExecutionRecord, Finding, Mending, execution_id};

/// What is wrong with a record that can be read.
pub(super) fn problem_of(record: &ExecutionRecord) -> Option<String> {
    if let Err(error) = execution_id::check(&record.execution_id) {
        return Some(error.to_string());
    }
    if let Err(error) = record.arguments() {
        return Some(error.to_string());
    }
    match record.ended() {
        Err(error) => Some(error.to_string()),
        Ok(None) if record.finished_at.is_some() => {
            Some("it is `running` and has an end".to_owned())
        }
        Ok(_) if record.duration_ms.is_some_and(|took| took < 0) => {
            Some("its duration is negative".to_owned())
        }
        Ok(_) => None,
    }
}

pub(super) fn finding(key: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding {
        key: key.into(),
        problem: problem.into(),
        mending: Mending::ByHand,
    }
}

/// What [`reindex`](crate::ExecutionLog::reindex) mends.
pub(super) fn mendable(key: impl Into<String>, problem: impl Into<String>) -> Finding {
    Finding {
        mending: Mending::Reindex,
        ..finding(key, problem)
    }
}
