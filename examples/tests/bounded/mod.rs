//! Waits that end: a process that takes longer than [`PATIENCE`] is killed and fails its test.

use std::io::Read;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a process may take, on a machine that does a lot else.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs a command to its end, without input.
pub(crate) fn output(command: &mut Command) -> Output {
    let command = command.stdin(Stdio::null());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.expect("the process starts");
    let stdout = read(child.stdout.take().expect("a pipe"));
    let stderr = read(child.stderr.take().expect("a pipe"));
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait().expect("it is a child") {
            break status;
        }
        if Instant::now() > deadline {
            child.kill().expect("killed");
            panic!("process {} does not end", child.id());
        }
        thread::sleep(Duration::from_millis(1));
    };
    let all = |bytes: Receiver<Vec<u8>>| bytes.recv_timeout(PATIENCE).expect("a pipe that closes");
    Output {
        status,
        stdout: all(stdout),
        stderr: all(stderr),
    }
}

/// What comes out of a pipe, read to its end in a thread of its own.
fn read(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if pipe.read_to_end(&mut bytes).is_ok() {
            let _ = sender.send(bytes);
        }
    });
    receiver
}
