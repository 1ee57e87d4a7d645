//! Waits with a timeout of [`PATIENCE`]. After it the process is killed and the test fails.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The timeout of a wait, generous for a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Runs a command without input and returns its output.
///
/// # Panics
///
/// If the command does not start or does not end in time.
pub fn output(command: &mut Command) -> Output {
    let command = command.stdin(Stdio::null());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    ended(child.expect("the process starts"))
}

/// Waits for a process to end and returns the output of its pipes.
///
/// # Panics
///
/// If the process does not end in time or leaves a pipe open.
#[must_use]
pub fn ended(mut child: Child) -> Output {
    drop(child.stdin.take());
    let stdout = child.stdout.take().map(Lines::from);
    let stderr = child.stderr.take().map(Lines::from);
    let rest = |lines: Option<Lines>| {
        let mut bytes = Vec::new();
        if let Some(mut lines) = lines {
            bytes.extend(std::iter::from_fn(|| lines.bytes()).flatten());
        }
        bytes
    };
    Output {
        status: status(&mut child),
        stdout: rest(stdout),
        stderr: rest(stderr),
    }
}

/// Waits for a process to end.
///
/// # Panics
///
/// If the process does not end in time.
pub fn status(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("it is a child") {
            return status;
        }
        if Instant::now() > deadline {
            child.kill().expect("killed");
            panic!("process {} does not end", child.id());
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The lines of a pipe, read in a thread.
pub struct Lines(Receiver<Vec<u8>>);

impl Lines {
    /// Starts the reading thread.
    pub fn from(pipe: impl Read + Send + 'static) -> Self {
        let (sender, lines) = channel();
        thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut line = Vec::new();
            while let Ok(1..) = pipe.read_until(b'\n', &mut line) {
                if sender.send(std::mem::take(&mut line)).is_err() {
                    break;
                }
            }
        });
        Self(lines)
    }

    /// The next line with its newline, or `None` if the pipe is closed.
    fn bytes(&mut self) -> Option<Vec<u8>> {
        match self.0.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("nothing is written, and the pipe stays open"),
        }
    }
}

impl Iterator for Lines {
    type Item = String;

    /// The next line without its newline. Panics if it does not arrive in time.
    fn next(&mut self) -> Option<String> {
        let line = String::from_utf8(self.bytes()?).expect("text");
        Some(line.trim_end_matches('\n').to_owned())
    }
}

/// A time limit for calls that cannot be interrupted, such as a lock wait within this process.
#[must_use = "the limit ends when this is dropped"]
pub struct Limit {
    _dropped: Sender<()>,
}

/// Aborts the test program if the limit is not dropped in time.
pub fn limit(time: Duration) -> Limit {
    let test = thread::current().name().unwrap_or("a test").to_owned();
    let (sender, dropped) = channel();
    thread::spawn(move || {
        if dropped.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
            eprintln!("{test} does not end within {time:?}");
            std::process::exit(101);
        }
    });
    Limit { _dropped: sender }
}
