//! A log that is changed past the library, and what the program says of it.

use crate::fixture::Fixture;
use assert_cmd::Command;
use execlog::Invocation;
use rusqlite::Connection;
use std::fs;

/// Standard output, standard error and the exit code.
pub(crate) struct Said {
    pub(crate) output: String,
    pub(crate) errors: String,
    pub(crate) code: Option<i32>,
}

impl Fixture {
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        said(&mut self.execlog(arguments))
    }

    /// Changes the log past the library.
    pub(crate) fn tamper(&self, sql: &str) {
        let connection = Connection::open(self.path("code.db")).expect("opens");
        connection.execute_batch(sql).expect("changed");
    }

    /// Writes what a command prints to a file.
    pub(crate) fn keep(&self, arguments: &[&str], file: &str) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, Some(0), "{}", said.errors);
        fs::write(self.path(file), &said.output).expect("written");
        said.output
    }

    pub(crate) fn record(&self) {
        self.log().begin(Invocation::new(["index"])).succeed();
    }
}

/// Runs a command that is set up.
pub(crate) fn said(command: &mut Command) -> Said {
    let output = command.output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Said {
        output: text(output.stdout),
        errors: text(output.stderr),
        code: output.status.code(),
    }
}
