//! A process that dies after a call was acknowledged loses nothing of what the call wrote.

use execlog::{ExecutionRecord, LocalLog};
use execlog_tests::bounded;
use execlog_tests::subject::Open;
use std::path::Path;
use std::process::Command;

/// Lets a process of its own do something to a log and abort.
fn act_and_abort(kind: &str, path: &Path, action: &str, id: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_act_and_abort"));
    command.args([kind.as_ref(), path, action.as_ref(), id.as_ref()]);
    let output = bounded::output(&mut command);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), None, "it aborts, but: {said}");
}

fn outcomes(log: &LocalLog) -> Vec<(String, String)> {
    let records = log.list_all(None).expect("the log reads");
    let pair = |record: ExecutionRecord| (record.execution_id, record.outcome);
    let mut outcomes: Vec<_> = records.into_iter().map(pair).collect();
    outcomes.sort();
    outcomes
}

pub(crate) fn acknowledged_runs_outlive_the_process(kind: &str, open: Open) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("log");

    act_and_abort(kind, &path, "start", "a");
    act_and_abort(kind, &path, "start-finish", "b");
    act_and_abort(kind, &path, "start", "c");
    act_and_abort(kind, &path, "finish", "a");

    let expected = [("a", "success"), ("b", "success"), ("c", "running")];
    let expected = expected.map(|(id, outcome)| (id.to_owned(), outcome.to_owned()));
    assert_eq!(outcomes(&open(&path)), expected);

    let log = open(&path);
    log.finish_execution("c", "error", Some("killed"), 0, 0, 0)
        .expect("the next process finishes what a dead one started");
    let fourth = log.start_execution("d", "1.0.0", &[], None, "log");
    assert_eq!(fourth.expect("the run starts"), 4);
    drop(log);
    assert_eq!(outcomes(&open(&path))[2].1, "error");
}
