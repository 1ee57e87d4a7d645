//! A recorded command runs as without `execlog record`: `signals` are passed on to it, and its own
//! runs name their parent (`family`).

mod family;
#[cfg(unix)]
mod signals;

use crate::bounded::TIMEOUT;
use crate::fixture::program;
use execlog::{ExecutionLog, RunEntry};
use std::fs;
use std::path::Path;
use std::process::Output;

fn record(folder: &Path, command: &[&str]) -> Output {
    let mut program = program(folder);
    program
        .args(["--db", "log.db", "record", "--"])
        .args(command);
    program.write_stdin("some input").output().expect("it runs")
}

fn latest(folder: &Path) -> RunEntry {
    let log = ExecutionLog::read_only(folder.join("log.db"));
    log.find(execlog::RunSelector::latest())
        .expect("reads")
        .expect("a run")
}

#[test]
fn a_command_keeps_its_input_output_and_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    for script in [
        "cat; echo said >&2; exit 0",
        "cat; echo said >&2; exit 3",
        "exit 255",
        "printf '\\000\\377'; cat >&2",
    ] {
        let output = record(folder.path(), &["sh", "-c", script]);
        let mut alone = assert_cmd::Command::new("sh");
        let alone = alone
            .args(["-c", script])
            .write_stdin("some input")
            .timeout(TIMEOUT)
            .output();
        assert_eq!(output, alone.expect("sh runs"), "{script}");
    }
    let run = latest(folder.path());
    assert_eq!(run.record.command().as_deref(), Some("sh"));
    assert_eq!(
        (run.record.outcome.as_str(), run.record.error_message),
        ("success", None)
    );
    let context = run.context.expect("a context");
    assert_eq!(
        (context.exit_code, context.program.as_deref()),
        (Some(0), Some("sh"))
    );
}

#[test]
fn a_failure_is_recorded_with_its_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = record(folder.path(), &["sh", "-c", "exit 3"]);
    assert_eq!(output.status.code(), Some(3));
    let run = latest(folder.path());
    assert_eq!(run.record.outcome, "error");
    assert_eq!(
        run.record.error_message.as_deref(),
        Some("exited with code 3")
    );
    assert_eq!(run.context.and_then(|context| context.exit_code), Some(3));
}

#[test]
fn a_command_that_cannot_start_has_the_exit_code_of_shells() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("text"), "no program").expect("written");
    for (command, code) in [("no-such-command", 127), ("./text", 126)] {
        let output = record(folder.path(), &[command]);
        assert_eq!(output.status.code(), Some(code));
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(
            said.starts_with(&format!("error: cannot run `{command}`: ")),
            "{said}"
        );
        assert_eq!(latest(folder.path()).record.outcome, "error");
    }
}

#[test]
fn a_command_line_in_one_word_is_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = record(folder.path(), &["ls -la 'a b'"]);
    assert_eq!(output.status.code(), Some(127));
    assert_eq!(
        String::from_utf8(output.stderr).expect("text"),
        "error: cannot run `ls -la 'a b'`: command not found; to run a command line, use a shell: \
         `execlog record -- sh -c 'ls -la '\\''a b'\\'''`\n"
    );
}

#[test]
fn a_run_that_cannot_be_recorded_is_a_warning_with_the_name_of_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("log.db")).expect("made");
    let output = record(folder.path(), &["true"]);
    assert_eq!(
        String::from_utf8(output.stderr).expect("text"),
        "execlog: warning: this run is not recorded: `log.db` is not a regular file\n"
    );
}

#[cfg(unix)]
#[test]
fn a_script_without_an_interpreter_line_runs_in_sh() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("script");
    fs::write(&script, "echo run with $1").expect("written");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("set");
    let output = record(folder.path(), &["./script", "this"]);
    assert_eq!(
        (output.status.code(), output.stdout),
        (Some(0), b"run with this\n".to_vec())
    );
}

#[test]
fn a_mistyped_option_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = program(folder.path());
    let output = program
        .args(["record", "--toolversion", "1", "--", "true"])
        .output();
    assert_eq!(output.expect("it runs").status.code(), Some(2));
}

#[test]
fn secrets_are_not_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    record(folder.path(), &["true", "--token", "hunter2"]);
    let args = latest(folder.path()).record.args;
    assert_eq!(args, r#"["true","--token","[redacted]"]"#);
}

#[test]
fn a_broken_log_is_only_a_warning() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(
        folder.path().join("log.db"),
        "not a database, despite its name",
    )
    .expect("written");
    let output = record(folder.path(), &["sh", "-c", "cat; echo said >&2; exit 7"]);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(output.stdout, b"some input");
    let said = String::from_utf8(output.stderr).expect("text");
    let warning = "execlog: warning: this run is not in the log: `";
    let warnings = said.lines().filter(|line| line.starts_with(warning));
    assert_eq!(warnings.count(), 1, "{said}");
    assert!(!said.contains("WARN"), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn a_run_is_listed_while_it_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let list = format!(
        "'{}' --db log.db list --format '{{status}}'",
        env!("CARGO_BIN_EXE_execlog")
    );
    let output = record(folder.path(), &["sh", "-c", &list]);
    assert_eq!(output.stdout, b"running\n");
    assert_eq!(latest(folder.path()).status().as_str(), "success");
}
