//! Waits that end: a contestant that takes longer than [`PATIENCE`] ends the comparison.

use crate::contestant::Result;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a turn or an end may take, on a long log and a machine that does a lot else.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Waits for a process to end, and kills one that does not.
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

/// The lines that come out of a pipe, read in a thread of its own.
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
