//! Shows output through a pager.

use crate::interrupts;
use std::env;
use std::io::Write;
use std::process::{Child, Command, Stdio};

/// A running pager.
pub(super) struct Pager(Child);

impl Pager {
    /// Starts the program that `EXECLOG_PAGER` names, or `PAGER`, or else `less`. `cat` and an empty value mean no
    /// pager.
    pub(super) fn start() -> Option<Self> {
        let named = env::var("EXECLOG_PAGER").or_else(|_| env::var("PAGER"));
        let named = named.unwrap_or_else(|_| "less".to_owned());
        if matches!(named.trim(), "" | "cat") {
            return None;
        }
        let mut shell = if cfg!(windows) {
            let mut shell = Command::new("cmd");
            shell.args(["/C", &named]);
            shell
        } else {
            let mut shell = Command::new("sh");
            if !exists(&named) {
                return None;
            }
            shell.args(["-c", &named]);
            shell
        };
        // Makes `less` show colours, and quit if the output fits on the screen.
        for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
            if env::var_os(name).is_none() {
                shell.env(name, value);
            }
        }
        // The pager handles Ctrl-C. If this program ended first, the shell and the pager would both read the
        // keyboard.
        interrupts::leave_to_others();
        let pager = shell.stdin(Stdio::piped()).spawn();
        pager
            .inspect_err(|_| interrupts::take_back())
            .ok()
            .map(Self)
    }

    pub(super) fn input(&mut self) -> Option<Box<dyn Write>> {
        let input = self.0.stdin.take()?;
        Some(Box::new(input))
    }

    pub(super) fn wait(mut self) {
        let _ = self.0.wait();
    }
}

/// Whether the program of a command line exists. Output to a missing pager would be lost.
fn exists(command_line: &str) -> bool {
    let Some(program) = command_line.split_whitespace().next() else {
        return false;
    };
    // Only the shell can parse quotes and variables.
    if program.contains(['=', '\'', '"', '\\', '$']) {
        return true;
    }
    let found = Command::new("sh")
        .args(["-c", "command -v -- \"$0\" >/dev/null", program])
        .status();
    found.is_ok_and(|status| status.success())
}
