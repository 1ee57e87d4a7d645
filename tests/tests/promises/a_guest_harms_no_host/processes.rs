//! Processes that are forked, or may open few files.

use execlog::{ExecutionLog, Status};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

fn host(limits: &str, file: &Path, action: &str, count: usize) -> Output {
    Command::new("sh")
        .args(["-c", &format!("{limits} exec \"$@\""), "sh"])
        .args([env!("CARGO_BIN_EXE_host"), "sqlite"])
        .arg(file)
        .args([action, &count.to_string()])
        .output()
        .expect("the host starts")
}

#[test]
fn a_child_takes_no_ids_of_its_parent_and_leaves_the_parents_run_alone() {
    const RUNS: usize = 200;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.db");
    let output = host("", &file, "fork", RUNS);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(said, "", "nothing is refused");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("meanwhile running"), "{told}");

    let log = ExecutionLog::new(&file);
    let runs: Vec<_> = log
        .runs()
        .into_iter()
        .map(|run| run.expect("reads"))
        .collect();
    assert_eq!(runs.len(), 2 * RUNS + 1);
    assert!(runs.iter().all(|run| run.status() == Status::Success));
    let ids = runs.iter().map(|run| &run.record.execution_id);
    assert_eq!(ids.collect::<BTreeSet<_>>().len(), 2 * RUNS + 1);
    assert_eq!(log.maintenance().verify().expect("reads").findings, []);
}

#[test]
fn a_process_that_may_open_no_more_files_is_told_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.db");
    let told = (4..12).filter(|files| {
        let output = host(&format!("ulimit -n {files};"), &file, "record", 1);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("allow writing"), "{said}");
        said.contains("Too many open files")
    });
    assert!(told.count() > 0);
}
