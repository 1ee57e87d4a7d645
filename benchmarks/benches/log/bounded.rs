//! Waits with a timeout of [`PATIENCE`]. After it the comparison ends.

use crate::contestant::Result;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The timeout of a turn or a process end, generous for a long log on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Waits for a process to end, and kills it after the timeout.
pub(crate) fn status(process: &mut Child) -> Result<ExitStatus> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = process.try_wait()? {
            return Ok(status);
        }
        if Instant::now() > deadline {
            process.kill()?;
            return Err("a contestant does not end".into());
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The lines of a pipe, read in a thread.
pub(crate) struct Lines(Receiver<io::Result<String>>);

impl Lines {
    pub(crate) fn from(pipe: impl Read + Send + 'static) -> Self {
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines() {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self(lines)
    }

    /// The next line.
    pub(crate) fn next(&self) -> Result<String> {
        let line = self.0.recv_timeout(PATIENCE);
        Ok(line.map_err(|error| format!("a contestant gave up: {error}"))??)
    }
}
