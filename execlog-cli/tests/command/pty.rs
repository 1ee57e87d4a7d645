//! Runs the program on its own terminal.

use crate::bounded::{Received, poll};
use crate::fixture::{Fixture, NOW};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::Write;

/// A terminal with the running program.
pub(crate) struct Terminal {
    _master: Box<dyn MasterPty>,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Received,
    seen: Vec<u8>,
    /// How much of `seen` the tests have already waited for.
    waited_for: usize,
}

impl Terminal {
    /// Starts the program in the folder of the fixture, without the environment of the machine.
    pub(crate) fn start(
        fixture: &Fixture,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 90,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_execlog"));
        command.args(arguments);
        command.cwd(fixture.path(""));
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", fixture.path(""));
        command.env("TZ", "UTC");
        command.env("TERM", "xterm-256color");
        command.env("EXECLOG_NOW", NOW);
        command.env("EXECLOG_DB", "code.db");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("it starts");
        let reader = pair.master.try_clone_reader().expect("a reader");
        let keys = pair.master.take_writer().expect("a writer");
        // Only the child has the other end open, so that the output ends when the child ends.
        drop(pair.slave);
        Self {
            _master: pair.master,
            child,
            keys,
            output: Received::from(reader),
            seen: Vec::new(),
            waited_for: 0,
        }
    }

    /// Waits for this text.
    pub(crate) fn see(&mut self, text: &str) {
        let end = self.wait_for(|unseen| Some(unseen.find(text)? + text.len()), text);
        self.waited_for += end;
    }

    /// Waits for a complete line with this text, and returns the line.
    pub(crate) fn see_line(&mut self, text: &str) -> String {
        let end = |unseen: &str| {
            let start = unseen.find(text)?;
            Some(start + unseen[start..].find('\n')? + 1)
        };
        let end = self.wait_for(end, text);
        let seen = String::from_utf8_lossy(&self.seen[self.waited_for..][..end]);
        let line = seen.lines().next_back().unwrap_or_default().to_owned();
        self.waited_for += end;
        line
    }

    fn wait_for(&mut self, end: impl Fn(&str) -> Option<usize>, text: &str) -> usize {
        loop {
            let unseen = String::from_utf8_lossy(&self.seen[self.waited_for..]);
            if let Some(end) = end(&unseen) {
                return end;
            }
            let part = self.output.part();
            let part = part.unwrap_or_else(|error| panic!("no `{text}` in {unseen:?}: {error}"));
            self.seen.extend(part);
        }
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("written");
        self.keys.flush().expect("flushed");
    }

    /// Waits until the program ends. Returns all output and the exit code.
    pub(crate) fn end(mut self) -> (String, u32) {
        self.seen.extend(self.output.rest());
        let seen = String::from_utf8_lossy(&self.seen).into_owned();
        let status = poll(|| self.child.try_wait().expect("it is a child"));
        let status = status.unwrap_or_else(|| {
            self.child.kill().expect("killed");
            panic!("the program did not end in time: {seen:?}");
        });
        (seen, status.exit_code())
    }
}
