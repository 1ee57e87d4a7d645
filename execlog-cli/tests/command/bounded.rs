//! Waits with a timeout. A process that takes longer than [`TIMEOUT`] is killed, and its test fails.

use std::io::{ErrorKind, Read};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The timeout, long enough for a busy machine.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(120);

/// Runs a command to its end, without input.
pub(crate) fn output(command: &mut Command) -> Output {
    let command = command.stdin(Stdio::null());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.expect("it starts");
    let stdout = Received::from(child.stdout.take().expect("a pipe"));
    let stderr = Received::from(child.stderr.take().expect("a pipe"));
    let status = status(&mut child);
    Output {
        status,
        stdout: stdout.rest(),
        stderr: stderr.rest(),
    }
}

/// Waits for a process to end.
pub(crate) fn status(child: &mut Child) -> ExitStatus {
    let ended = poll(|| child.try_wait().expect("it is a child"));
    ended.unwrap_or_else(|| {
        child.kill().expect("killed");
        panic!("process {} did not end in time", child.id());
    })
}

/// Calls `ready` until it returns a value. `None` after the timeout.
pub(crate) fn poll<T>(mut ready: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let now = ready();
        if now.is_some() || Instant::now() > deadline {
            return now;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The output of a pipe or a terminal, read in its own thread.
pub(crate) struct Received {
    parts: Receiver<Vec<u8>>,
    unread: Vec<u8>,
}

impl Received {
    pub(crate) fn from(mut pipe: impl Read + Send + 'static) -> Self {
        let (sender, parts) = channel();
        thread::spawn(move || {
            let mut part = [0; 4096];
            loop {
                match pipe.read(&mut part) {
                    Ok(read @ 1..) if sender.send(part[..read].to_vec()).is_ok() => {}
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    // Reading from a terminal fails once its programs have ended.
                    _ => break,
                }
            }
        });
        let unread = Vec::new();
        Self { parts, unread }
    }

    /// The next bytes. `Disconnected` at the end of the output.
    pub(crate) fn part(&mut self) -> Result<Vec<u8>, RecvTimeoutError> {
        if self.unread.is_empty() {
            self.parts.recv_timeout(TIMEOUT)
        } else {
            Ok(std::mem::take(&mut self.unread))
        }
    }

    /// The next line without its end.
    pub(crate) fn line(&mut self) -> String {
        let mut line = Vec::new();
        loop {
            line.extend(self.part().expect("a line"));
            if let Some(end) = line.iter().position(|byte| *byte == b'\n') {
                self.unread = line.split_off(end + 1);
                line.pop();
                return String::from_utf8(line).expect("text");
            }
        }
    }

    /// The rest of the output.
    pub(crate) fn rest(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        loop {
            match self.part() {
                Ok(part) => rest.extend(part),
                Err(RecvTimeoutError::Disconnected) => return rest,
                Err(RecvTimeoutError::Timeout) => {
                    panic!(
                        "the output did not end in time: {:?}",
                        String::from_utf8_lossy(&rest)
                    )
                }
            }
        }
    }
}
