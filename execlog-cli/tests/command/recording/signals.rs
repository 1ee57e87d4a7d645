//! Signals that are sent while a command is recorded.

use super::latest;
use crate::bounded::{self, Received};
use crate::fixture::{WORK, program};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

/// Gives the processes that are started from now on the default action for the signals, even if the
/// caller ignores them: a process inherits what is ignored, and never a handler.
fn reset_signals() {
    static RESET: Once = Once::new();
    RESET.call_once(|| {
        let ignored = ignored();
        for signal in [SIGHUP, SIGINT, SIGTERM, SIGUSR1] {
            // This process itself acts on the signal as before.
            let is_ignored = ignored >> (signal - 1) & 1 == 1;
            let is_default = Arc::new(AtomicBool::new(!is_ignored));
            signal_hook::flag::register_conditional_default(signal, is_default).expect("a handler");
        }
    });
}

/// The signals that this process ignores, a bit for each.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.map_or(0, |mask| {
        u64::from_str_radix(mask.trim(), 16).expect("a mask")
    })
}

/// Sends a signal to the program alone, when the command says that it is ready.
fn ended_by(signal: &str, script: &str) -> (ExitStatus, String) {
    reset_signals();
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
fn a_signal_goes_to_the_command_and_its_end_is_that_of_the_command() {
    for (signal, number) in [("TERM", 15), ("INT", 2), ("HUP", 1), ("USR1", 10)] {
        let (status, message) = ended_by(signal, &format!("echo ready; {WORK}"));
        assert_eq!(status.signal(), Some(number), "{signal}");
        assert_eq!(message, format!("it was ended by signal {number}"));
    }
}

#[test]
fn a_command_that_handles_a_signal_ends_as_it_likes() {
    let script = format!("trap 'exit 5' TERM; echo ready; {WORK}");
    let (status, message) = ended_by("TERM", &script);
    assert_eq!(status.code(), Some(5));
    assert_eq!(message, "it ended with exit code 5");
}

#[test]
fn a_command_that_is_killed_ends_the_program_so() {
    let (status, message) = ended_by("CONT", "echo ready; kill -KILL $$");
    assert_eq!(
        status.signal().or(status.code().map(|code| code - 128)),
        Some(9)
    );
    assert_eq!(message, "it was ended by signal 9");
}

/// As under `nohup`, or in the background of a script.
#[test]
fn these_tests_pass_where_the_caller_ignores_signals() {
    let script = "trap '' HUP INT QUIT TERM USR1 USR2; \
         exec \"$0\" recording::signals::a_ terminal::ctrl_c";
    let tests = std::env::current_exe().expect("this program");
    let output = bounded::output(Command::new("sh").args(["-c", script]).arg(tests));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("test result: ok. 4 passed"), "{said}");
}
