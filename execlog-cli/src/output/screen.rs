//! Where standard output goes, and what can be shown there.

use super::pager::Pager;
use crate::failure::Failure;
use crate::moments::{Moments, Style as TimeStyle};
use anstyle::{AnsiColor, Style};
use clap::Args;
use execlog::Status;
use std::io::{self, BufWriter, IsTerminal, Write};

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "On the terminal")]
pub(crate) struct TerminalArguments {
    #[command(flatten)]
    pub(crate) color: colorchoice_clap::Color,

    /// Write to the terminal at once, and not through PAGER
    #[arg(long, global = true)]
    no_pager: bool,

    /// Show exact times, in UTC
    #[arg(long, global = true)]
    utc: bool,

    /// Show exact times as RFC 3339 has them
    #[arg(long, global = true)]
    iso: bool,
}

/// Where standard output goes, and what it can show.
pub(crate) struct Screen {
    writer: Option<BufWriter<Box<dyn Write>>>,
    pager: Option<Pager>,
    /// Whether the output is seen on a terminal, at once or through the pager.
    pub(super) is_terminal: bool,
    /// How many characters fit on a line, if that matters.
    pub(crate) width: Option<u16>,
    pub(crate) has_color: bool,
    pub(crate) moments: Moments,
}

impl TerminalArguments {
    pub(crate) fn moments(&self) -> Moments {
        Moments::new(self.utc, self.iso)
    }

    /// The screen for an output that is read page by page if it is long.
    pub(crate) fn pages(&self) -> Screen {
        let is_paged = io::stdout().is_terminal() && !self.no_pager;
        self.screen(is_paged.then(Pager::start).flatten())
    }

    /// The screen for an output that is seen as it comes.
    pub(crate) fn stream(&self) -> Screen {
        self.screen(None)
    }

    /// The screen for an output that goes on and on, where times that pass would soon be wrong.
    pub(crate) fn follow(&self) -> Screen {
        let mut screen = self.screen(None);
        if screen.moments.style == TimeStyle::Relative {
            screen.moments.style = TimeStyle::Exact;
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
            moments: self.moments(),
        }
    }
}

impl Screen {
    /// Writes the rest, and waits until it was read.
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

    /// The text in a style, where styles can be shown.
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

/// What a status looks like.
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
