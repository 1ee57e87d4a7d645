//! The pager that a long output goes through.

use crate::interrupts;
use std::env;
use std::io::Write;
use std::process::{Child, Command, Stdio};

/// The program that shows an output page by page.
pub(super) struct Pager(Child);

impl Pager {
    /// Starts what `EXECLOG_PAGER` names, or `PAGER`, or else `less`; `cat` and nothing mean none.
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
            if !is_there(&named) {
                return None;
            }
            shell.args(["-c", &named]);
            shell
        };
        // It leaves by itself if all fits on the screen, and shows colours.
        for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
            if env::var_os(name).is_none() {
                shell.env(name, value);
            }
        }
        // Ctrl-C is for the pager: if this program went first, both would read the keyboard.
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

/// Whether the shell finds what a command line starts. A pager that is missing would take the output
/// with it.
fn is_there(command_line: &str) -> bool {
    let Some(program) = command_line.split_whitespace().next() else {
        return false;
    };
    // What is quoted, or sets a variable first, only the shell can tell.
    if program.contains(['=', '\'', '"', '\\', '$']) {
        return true;
    }
    let found = Command::new("sh")
        .args(["-c", "command -v -- \"$0\" >/dev/null", program])
        .status();
    found.is_ok_and(|status| status.success())
}
