//! Shows the warnings of the library on standard error, as the command shows its own.

use super::printable::PrintableLines;
use std::fmt;
use std::io;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Shows warnings and errors from now on.
pub(crate) fn show() {
    let shown = tracing_subscriber::fmt()
        .with_writer(|| PrintableLines(io::stderr()))
        .with_max_level(tracing::Level::WARN)
        .with_ansi(false)
        .event_format(Warning)
        .try_init();
    drop(shown);
}

/// A line with the name of the program, the message and the fields.
struct Warning;

impl<S, N> FormatEvent<S, N> for Warning
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        write!(writer, "execlog: warning: ")?;
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}
