//! Signals are passed on to the recorded command.

use super::latest;
use crate::bounded::{self, Received};
use crate::default_signals;
use crate::fixture::{WORK, program, script};
use execlog::Status;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

/// Sends a signal to the program, not to its command, once the command prints `ready`. Returns how the program
/// ended and the recorded error.
fn ended_by(signal: &str, script: &str) -> (ExitStatus, String) {
    default_signals::reset();
    let folder = tempfile::tempdir().expect("a folder");
    let mut execlog = Command::new(program(folder.path()).get_program());
    let mut child = execlog
        .current_dir(folder.path())
        .args(["--db", "log.db", "record", "--", "sh", "-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut output = Received::from(child.stdout.take().expect("a pipe"));
    assert_eq!(output.line(), "ready");
    let mut kill = Command::new("kill");
    kill.args([&format!("-{signal}"), &child.id().to_string()]);
    assert!(bounded::output(&mut kill).status.success());
    let status = bounded::status(&mut child);
    let message = latest(folder.path()).record.error_message;
    (status, message.unwrap_or_default())
}

#[test]
fn signals_are_passed_on_and_end_the_program_too() {
    for (signal, number) in [("TERM", 15), ("INT", 2), ("HUP", 1), ("USR1", 10)] {
        let (status, message) = ended_by(signal, &format!("echo ready; {WORK}"));
        assert_eq!(status.signal(), Some(number), "{signal}");
        assert_eq!(message, format!("killed by signal {number} (SIG{signal})"));
    }
}

#[test]
fn a_command_may_handle_a_signal() {
    let script = format!("trap 'exit 5' TERM; echo ready; {WORK}");
    let (status, message) = ended_by("TERM", &script);
    assert_eq!(status.code(), Some(5));
    assert_eq!(message, "exited with code 5");
}

#[test]
fn a_killed_command_ends_the_program_by_the_same_signal() {
    let (status, message) = ended_by("CONT", "echo ready; kill -KILL $$");
    assert_eq!(
        status.signal().or(status.code().map(|code| code - 128)),
        Some(9)
    );
    assert_eq!(message, "killed by signal 9 (SIGKILL)");
}

#[test]
fn a_killed_command_has_the_exit_code_that_shells_report() {
    default_signals::reset();
    let folder = tempfile::tempdir().expect("a folder");
    let shell = "\"$0\" --db log.db record -- sh -c 'kill -KILL $$'; echo $?";
    let output = script(folder.path(), shell).output().expect("it runs");
    assert_eq!(output.stdout, b"137\n");
    let run = latest(folder.path());
    let code = run.context.and_then(|context| context.exit_code);
    assert_eq!(code, Some(137));
    let message = run.record.error_message.unwrap_or_default();
    assert_eq!(message, "killed by signal 9 (SIGKILL)");
}

#[test]
fn a_run_goes_on_until_its_command_ends_even_if_the_program_is_killed() {
    default_signals::reset();
    let folder = tempfile::tempdir().expect("a folder");
    let mut execlog = Command::new(program(folder.path()).get_program());
    let mut child = execlog
        .current_dir(folder.path())
        .args(["--db", "log.db", "record", "--"])
        .args(["sh", "-c", "echo ready; read line; echo ended"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut output = Received::from(child.stdout.take().expect("a pipe"));
    assert_eq!(output.line(), "ready");
    let input = child.stdin.take();
    child.kill().expect("killed");
    assert_eq!(bounded::status(&mut child).signal(), Some(9));
    assert_eq!(latest(folder.path()).status(), Status::Running);
    let mut settle = program(folder.path());
    settle.args(["--db", "log.db", "settle"]).assert().success();
    assert_eq!(latest(folder.path()).status(), Status::Running);
    drop(input);
    // The end of its output is the end of the command.
    assert_eq!(output.rest(), b"ended\n");
    let status = bounded::poll(|| {
        let status = latest(folder.path()).status();
        (status != Status::Running).then_some(status)
    });
    assert_eq!(status, Some(Status::Crashed));
}

/// Signals are ignored under `nohup`, and in the background of a script.
#[test]
fn these_tests_pass_if_the_caller_ignores_signals() {
    let script = "trap '' HUP INT QUIT TERM USR1 USR2; \
         exec \"$0\" recorded_commands_run_as_usual::signals terminals_are_interactive::ctrl_c --skip these_tests";
    let tests = std::env::current_exe().expect("this program");
    let output = bounded::output(Command::new("sh").args(["-c", script]).arg(tests));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("test result: ok. 6 passed"), "{said}");
}
