//! Standard output, and the options for it.

use super::pager::Pager;
use crate::failure::Failure;
use crate::runs::times::Times;
use crate::runs::times::show::Style as TimeStyle;
use anstyle::{AnsiColor, Style};
use clap::Args;
use execlog::Status;
use std::io::{self, BufWriter, IsTerminal, Write};

/// The options of every command that writes to the terminal.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "On the terminal")]
pub(crate) struct TerminalArguments {
    #[command(flatten)]
    pub(crate) color: colorchoice_clap::Color,

    /// Do not use a pager
    ///
    /// A long output on a terminal goes through the program that `EXECLOG_PAGER` or `PAGER` names, or `less`.
    #[arg(long, global = true)]
    no_pager: bool,

    /// Show exact times in UTC instead of `3 min ago`
    #[arg(long, global = true)]
    utc: bool,

    /// Show exact times as `2026-11-22T13:30:00+01:00` (RFC 3339)
    #[arg(long, global = true)]
    iso: bool,
}

/// Where standard output goes.
pub(crate) struct Screen {
    writer: Option<BufWriter<Box<dyn Write>>>,
    pager: Option<Pager>,
    /// Whether the output is shown on a terminal, directly or by the pager.
    pub(super) is_terminal: bool,
    /// The number of characters that fit on a line. `None` if there is no limit.
    pub(crate) width: Option<u16>,
    pub(crate) has_color: bool,
    pub(crate) times: Times,
}

impl TerminalArguments {
    pub(crate) fn times(&self) -> Times {
        Times::new(self.utc, self.iso)
    }

    /// A screen with a pager, if standard output is a terminal.
    pub(crate) fn paged(&self) -> Screen {
        let is_paged = io::stdout().is_terminal() && !self.no_pager;
        self.screen(is_paged.then(Pager::start).flatten())
    }

    /// A screen without a pager.
    pub(crate) fn unpaged(&self) -> Screen {
        self.screen(None)
    }

    /// A screen for output that goes on. Relative times would soon be wrong, so it shows exact ones.
    pub(crate) fn following(&self) -> Screen {
        let mut screen = self.screen(None);
        if screen.times.style == TimeStyle::Relative {
            screen.times.style = TimeStyle::Exact;
        }
        screen
    }

    fn screen(&self, mut pager: Option<Pager>) -> Screen {
        let into_pager = pager.as_mut().and_then(Pager::input);
        let writer = into_pager.unwrap_or_else(|| Box::new(io::stdout()));
        let color = anstream::AutoStream::choice(&io::stdout());
        Screen {
            writer: Some(BufWriter::new(writer)),
            pager,
            is_terminal: io::stdout().is_terminal(),
            width: width(),
            has_color: color != anstream::ColorChoice::Never,
            times: self.times(),
        }
    }
}

impl Screen {
    /// Writes the rest, and waits until the pager ends.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        let flushed = self.flush();
        self.close();
        Ok(flushed?)
    }

    fn close(&mut self) {
        drop(self.writer.take());
        if let Some(pager) = self.pager.take() {
            pager.wait();
        }
    }

    /// Adds the style to the text, if the output has colours.
    pub(crate) fn styled(&self, style: Style, text: &str) -> String {
        if self.has_color && style != Style::new() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Some(writer) => writer.write(bytes),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.close();
    }
}

/// The style of a status.
pub(crate) fn style_of(status: Status) -> Style {
    let color = match status {
        Status::Success => AnsiColor::Green,
        Status::Partial => AnsiColor::Yellow,
        Status::Error => AnsiColor::Red,
        Status::Crashed => AnsiColor::Magenta,
        Status::Running => AnsiColor::Cyan,
        _ => return Style::new().dimmed(),
    };
    Style::new().fg_color(Some(color.into()))
}

fn width() -> Option<u16> {
    let set = std::env::var("COLUMNS").ok();
    let set = set.and_then(|columns| columns.parse().ok());
    set.filter(|width| *width > 0).or_else(|| {
        let size = terminal_size::terminal_size_of(io::stdout());
        size.map(|(width, _)| width.0)
    })
}
