//! Shows the progress of long work on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar on standard error. Hidden if that is not a terminal.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// Counts runs. The total is `None` if it is unknown.
    pub(crate) fn of_runs(runs: Option<u64>) -> Self {
        match runs {
            Some(runs) => Self::with(
                ProgressBar::new(runs),
                "{bar:30} {human_pos} of {human_len} runs, {eta} left",
            ),
            None => Self::with(ProgressBar::new_spinner(), "{spinner} {human_pos} runs"),
        }
    }

    /// Counts bytes of a file. The total is `None` if it is unknown.
    pub(crate) fn of_bytes(bytes: Option<u64>) -> Self {
        match bytes {
            Some(bytes) => Self::with(
                ProgressBar::new(bytes),
                "{bar:30} {bytes} of {total_bytes}, {eta} left",
            ),
            None => Self::with(ProgressBar::new_spinner(), "{spinner} {bytes}"),
        }
    }

    fn with(bar: ProgressBar, template: &str) -> Self {
        // An invalid template falls back to the default bar.
        let style = ProgressStyle::with_template(template);
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    pub(crate) fn advance(&self, by: u64) {
        self.0.inc(by);
    }

    /// Hides the bar while `write` writes to the terminal.
    pub(crate) fn pause(&self, write: impl FnOnce()) {
        self.0.suspend(write);
    }

    pub(crate) fn end(self) {
        self.0.finish_and_clear();
    }
}
