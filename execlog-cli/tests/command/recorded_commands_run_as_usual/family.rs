//! A recorded run has labels and the cost of its command, and the runs of the command name it as their parent.

use super::latest;
use crate::fixture::program;
use execlog::{ExecutionLog, RunEntry};
use std::path::Path;

const EXECLOG: &str = env!("CARGO_BIN_EXE_execlog");

fn runs(folder: &Path) -> Vec<RunEntry> {
    let log = ExecutionLog::read_only(folder.join("log.db"));
    let runs = log.runs().as_added().into_iter();
    runs.collect::<Result<_, _>>().expect("reads")
}

#[test]
fn labels_are_recorded_without_secrets() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut record = program(folder.path());
    record
        .args(["--db", "log.db", "record", "--label", "team=search"])
        .args([
            "--label",
            "query=a=b",
            "--label",
            "token=hunter2",
            "--",
            "true",
        ])
        .assert()
        .success();
    let labels = latest(folder.path()).context.expect("a context").labels;
    let labels: Vec<_> = labels.iter().map(|(name, value)| [name, value]).collect();
    assert_eq!(
        labels,
        [
            ["query", "a=b"],
            ["team", "search"],
            ["token", "[redacted]"]
        ]
    );
}

#[test]
fn an_invalid_label_is_a_usage_error_that_says_what_to_write() {
    let folder = tempfile::tempdir().expect("a folder");
    for label in ["team", "=search"] {
        let mut record = program(folder.path());
        let record = record.args(["record", "--label", label, "--", "true"]);
        let output = record.output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{label}");
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(said.contains("`team=search`"), "{said}");
    }
}

#[test]
fn a_nested_run_names_its_parent_and_has_its_trace() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let folder = tempfile::tempdir().expect("a folder");
    let nested = [
        "--db", "log.db", "record", "--", EXECLOG, "record", "--", "env",
    ];
    let mut record = program(folder.path());
    let record = record
        .args(nested)
        .env("EXECLOG_DB", "log.db")
        .env("TRACEPARENT", format!("00-{TRACE}-00f067aa0ba902b7-01"))
        .env("TRACESTATE", "vendor=value");
    let output = record.output().expect("it runs");
    let runs = runs(folder.path());
    let [outer, inner] = runs.as_slice() else {
        panic!("{runs:?}");
    };
    let context = |run: &RunEntry| run.context.clone().expect("a context");
    assert_eq!(
        context(inner).parent_execution_id.as_ref(),
        Some(&outer.record.execution_id)
    );
    assert_eq!(context(outer).trace_id.as_deref(), Some(TRACE));
    assert_eq!(context(inner).trace_id.as_deref(), Some(TRACE));
    let environment = String::from_utf8(output.stdout).expect("text");
    let variable = |name: &str| {
        let mut lines = environment.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
    };
    let id = inner.record.execution_id.as_str();
    assert_eq!(variable("EXECLOG_PARENT"), Some(id));
    assert_eq!(variable("TRACESTATE"), Some("vendor=value"));
    let span: String = id.replace('-', "").chars().skip(16).collect();
    let traceparent = format!("00-{TRACE}-{span}-01");
    assert_eq!(variable("TRACEPARENT"), Some(traceparent.as_str()));
    let children = ExecutionLog::read_only(folder.path().join("log.db"));
    let children = children.runs().children_of(outer).into_iter();
    let children: Vec<_> = children.map(|run| run.expect("a run").record.id).collect();
    assert_eq!(children, [inner.record.id]);
}

#[test]
fn a_run_that_is_not_recorded_is_nobodys_parent() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut record = program(folder.path());
    let record = record
        .args(["--db", ".", "record", "--", "env"])
        .env("EXECLOG_PARENT", "0199abcd-1234-7000-8000-0123456789ab");
    let output = record.output().expect("it runs");
    let environment = String::from_utf8(output.stdout).expect("text");
    assert!(environment.contains("EXECLOG_PARENT=0199abcd-1234-7000-8000-0123456789ab\n"));
    assert!(!environment.contains("TRACEPARENT"), "{environment}");
}

#[cfg(unix)]
#[test]
fn the_cost_is_that_of_the_command() {
    let cost = |script: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut record = program(folder.path());
        record
            .args(["--db", "log.db", "record", "--", "sh", "-c", script])
            .assert()
            .success();
        let context = latest(folder.path()).context.expect("a context");
        let (cpu, memory) = (context.cpu_ms, context.peak_memory_bytes);
        (cpu.expect("CPU time"), memory.expect("a peak"))
    };
    let (idle, small) = cost("true");
    let (busy, _) = cost("i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done");
    let (_, large) = cost("head -c 64000000 /dev/zero | tail -c 64000000 >&-; true");
    assert!(busy > idle, "{busy} ms of CPU time against {idle} ms");
    assert!(
        large > small + 32_000_000,
        "{large} bytes of memory against {small}"
    );
}

#[cfg(unix)]
#[test]
fn a_script_without_an_interpreter_line_knows_its_parent() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("script");
    std::fs::write(&script, "echo $EXECLOG_PARENT $TRACEPARENT\n").expect("written");
    let executable = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(&script, executable).expect("set");
    let mut record = program(folder.path());
    let record = record.args(["--db", "log.db", "record", "--"]).arg(&script);
    let said = record.output().expect("it runs").stdout;
    let said = String::from_utf8(said).expect("text");
    let id = latest(folder.path()).record.execution_id;
    assert!(said.starts_with(&format!("{id} 00-")), "{said}");
}
