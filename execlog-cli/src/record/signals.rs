//! Signals that are passed on to the command that is recorded.

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

/// What is sent to this program and meant for the command.
const PASSED_ON: [i32; 6] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2];

/// Runs a command to its end. Signals that this process gets meanwhile go to the command.
pub(super) fn passed_on_to(command: &mut Command) -> io::Result<ExitStatus> {
    // One that is ignored, as SIGHUP is under `nohup`, stays ignored in the command only if it is not
    // handled here.
    let handled = PASSED_ON.iter().filter(|signal| !is_ignored(**signal));
    let mut signals = SignalsInfo::<WithOrigin>::new(handled)?;
    let mut child = match command.spawn() {
        // As shells do with a script that does not say what runs it.
        Err(error) if error.raw_os_error() == Some(Errno::NOEXEC.raw_os_error()) => {
            let mut shell = Command::new("sh");
            shell.arg(command.get_program()).args(command.get_args());
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

/// The terminal sends its signals to all processes before it, the command among them.
fn is_from_terminal(origin: &Origin) -> bool {
    origin.cause == Cause::Kernel
}

/// The signal that ended the command.
pub(super) fn of(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// Ends this program as the command ended.
pub(super) fn end_as(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal() {
        // Does not come back, but for a signal that does not end a process.
        let _ = signal_hook::low_level::emulate_default_handler(signal);
        let code = u8::try_from(128 + signal).unwrap_or(u8::MAX);
        return ExitCode::from(code);
    }
    let code = status.code().unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
