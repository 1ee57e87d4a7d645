//! Verifies and repairs a log.

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::logs::opening::OpenLog;
use crate::output::messages;
use crate::output::printable::printable;
use crate::output::readable::Readable;
use crate::output::screen::TerminalArguments;
use crate::runs::value::Value;
use clap::Args;
use execlog::{Repair, VerifyReport};
use std::io::Write;

/// Read the whole log, and report what is damaged
///
/// Exits with code 3 if there are findings. Notes and records that an earlier repair set aside are listed,
/// but are not findings.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog verify --repair")]
pub(crate) struct VerifyArguments {
    /// Rebuild the index, and set aside records that contradict their runs
    ///
    /// Records that are set aside may be the correct ones. They stay in the log, and `verify` lists them.
    #[arg(long)]
    repair: bool,

    /// Accept that the log has lost runs, so that it can be written to again
    ///
    /// A log that has lost runs refuses all writes, so that they can still be restored. Copy the files of the
    /// log before you use this option: the lost runs cannot be restored afterwards.
    #[arg(long)]
    accept_loss: bool,

    /// Also report runs that contain secrets
    #[arg(long)]
    secrets: bool,
}

pub(crate) fn run(
    arguments: &VerifyArguments,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    let opened = if arguments.accept_loss {
        let opened = log.to_change_damaged()?;
        opened.log.maintenance().accept_loss()?;
        opened
    } else if arguments.repair {
        let opened = log.to_change()?;
        opened.log.maintenance().reindex()?;
        opened
    } else {
        match log.to_examine() {
            Err(Failure::Failed(problem)) => return report_unopened(problem, log, terminal),
            opened => opened?,
        }
    };
    let mut found = check(&opened, arguments, terminal)?;
    if let Some(other) = opened.other()? {
        found += check(&other, arguments, terminal)?;
    }
    if found == 0 {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

/// Reports a log that cannot be opened. A file that has had a log is damaged; any other is a mistake.
fn report_unopened(
    problem: String,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    let Some(file) = log.file_with_log() else {
        return Err(Failure::Failed(problem));
    };
    let mut screen = terminal.unpaged();
    let (file, problem) = (file.display().to_string(), printable(&problem));
    writeln!(screen, "{}: {problem}", printable(&file))?;
    screen.end()?;
    Err(Failure::Found)
}

/// Reports the findings of a log, and returns how many there are.
fn check(
    opened: &OpenLog,
    arguments: &VerifyArguments,
    terminal: &TerminalArguments,
) -> Result<usize, Failure> {
    let verified = confirmed(opened)?;
    let mut screen = terminal.unpaged();
    for finding in &verified.findings {
        let remedy = match finding.repair {
            Repair::Reindex => " (repair with `--repair`)",
            Repair::AcceptLoss => " (accept with `--accept-loss`)",
            Repair::SetAside => " (set aside with `--repair`)",
            _ => "",
        };
        let (key, problem) = (printable(&finding.key), printable(&finding.problem));
        writeln!(screen, "{key}: {problem}{remedy}")?;
    }
    let mut found = verified.findings.len();
    if arguments.secrets {
        // Runs that cannot be read are already findings.
        for secret in Readable::new(opened.log.maintenance().audit_secrets(), |_| {}) {
            let secret = printable(&secret?.to_string());
            writeln!(screen, "secret: {secret}")?;
            found += 1;
        }
    }
    for aside in &verified.set_aside {
        let when = Value::Time(aside.at_ms).for_people(&terminal.times());
        let was = printable(&aside.was);
        let reason = printable(&aside.reason);
        writeln!(
            screen,
            "{}: set aside {when}, was {was}: {reason}",
            printable(&aside.key)
        )?;
    }
    for note in &verified.notes {
        let (key, text) = (printable(&note.key), printable(&note.text));
        writeln!(screen, "note: {key}: {text}")?;
    }
    screen.end()?;
    let file = opened.file.display();
    let aside = match verified.set_aside.len() {
        0 => String::new(),
        count => format!(", {count} set aside"),
    };
    let VerifyReport { runs, contexts, .. } = verified;
    let part = if opened.log.maintenance().is_in_graph()? {
        "the graph in "
    } else {
        ""
    };
    messages::note(&format!(
        "{} in {part}`{file}`, {contexts} with a context{aside}: {}",
        messages::runs(runs),
        match found {
            0 if arguments.secrets => "no findings, no secrets".to_owned(),
            0 => "no findings".to_owned(),
            1 => "1 finding".to_owned(),
            found => format!("{found} findings"),
        }
    ));
    Ok(found)
}

/// The findings of two readings. A file that is read between two writes of its host may look damaged once,
/// but not again in the same place.
fn confirmed(opened: &OpenLog) -> Result<VerifyReport, Failure> {
    let mut verified = opened.log.maintenance().verify()?;
    if !verified.findings.is_empty() {
        let again = opened.reopened()?.log.maintenance().verify()?;
        let is_still_there = |finding: &execlog::Finding| again.findings.contains(finding);
        verified.findings.retain(is_still_there);
    }
    Ok(verified)
}
