//! Passes signals on to the recorded command.

use crate::interrupts::is_ignored;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::origin::WithOrigin;
use signal_hook::low_level::siginfo::{Cause, Origin};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode, ExitStatus};
use std::thread;

/// The signals that are passed on.
const PASSED_ON: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

/// Runs a command to its end. Signals to this process are passed on to the command.
pub(super) fn run(command: &mut Command) -> io::Result<ExitStatus> {
    // A signal that is ignored, as SIGHUP under `nohup`, must stay ignored in the command: no handler for it.
    let handled = PASSED_ON.iter().filter(|signal| !is_ignored(**signal));
    let mut signals = SignalsInfo::<WithOrigin>::new(handled)?;
    let mut child = match command.spawn() {
        // A script without an interpreter line: run it with `sh`, as shells do.
        Err(error) if error.raw_os_error() == Some(Errno::NOEXEC.raw_os_error()) => {
            let mut shell = Command::new("sh");
            shell.arg(command.get_program()).args(command.get_args());
            for (name, value) in command.get_envs() {
                match value {
                    Some(value) => shell.env(name, value),
                    None => shell.env_remove(name),
                };
            }
            shell.spawn()?
        }
        other => other?,
    };
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let handle = signals.handle();
    let passing_on = thread::spawn(move || {
        for origin in signals.forever() {
            if let Some(pid) = pid
                && !is_from_terminal(&origin)
                && let Some(signal) = Signal::from_named_raw(origin.signal)
            {
                let _ = kill_process(pid, signal);
            }
        }
    });
    let status = child.wait();
    handle.close();
    let _ = passing_on.join();
    status
}

/// Whether the terminal sent the signal. It sends its signals to every process in the foreground, so the
/// command has it already.
fn is_from_terminal(origin: &Origin) -> bool {
    origin.cause == Cause::Kernel
}

/// The signal that killed the command.
pub(super) fn of(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// The name of a signal, as `SIGKILL`.
pub(super) fn name(signal: i32) -> Option<&'static str> {
    signal_hook::low_level::signal_name(signal)
}

/// Ends this program as the command ended: with its exit code, or by its signal.
pub(super) fn end_as(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal() {
        // Returns only if the signal does not end a process by default.
        let _ = signal_hook::low_level::emulate_default_handler(signal);
        let code = u8::try_from(128 + signal).unwrap_or(u8::MAX);
        return ExitCode::from(code);
    }
    let code = status.code().unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
