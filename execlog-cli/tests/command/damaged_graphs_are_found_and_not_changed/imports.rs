//! Imports into a graph that has lost runs.

use super::{code, files};
use execlog::{ExecutionLog, FileKind, Invocation};
use std::fs;

#[test]
fn imports_do_not_write_to_a_graph_that_has_lost_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let graph = folder.path().join("code.graph");
    let log = FileKind::NativeV3
        .create_log(&graph)
        .expect("a graph")
        .with_locks_beside(&graph);
    log.begin(Invocation::new(["index"])).succeed();
    drop(log);
    fs::write(graph.with_extension("v3checkpoint"), "damaged").expect("written");
    fs::write(folder.path().join("runs.jsonl"), crate::fixture::RUNS).expect("written");
    let before = files(folder.path());
    assert_eq!(code(folder.path(), &["import", "runs.jsonl"]), Some(1));
    assert_eq!(code(folder.path(), &["verify"]), Some(3));
    assert_eq!(files(folder.path()), before);
    assert_eq!(code(folder.path(), &["verify", "--accept-loss"]), Some(0));
    assert_eq!(code(folder.path(), &["import", "runs.jsonl"]), Some(0));
    let log = ExecutionLog::open(&graph).expect("opens");
    assert_eq!(log.maintenance().loss().expect("reads"), None);
}
