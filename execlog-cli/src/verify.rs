//! Reads the whole log, says what is wrong with it, and repairs what can be repaired.

use crate::failure::{self, Failure};
use crate::fields::Value;
use crate::logs::{LogArguments, OpenLog};
use crate::output::{TerminalArguments, printable};
use clap::Args;
use execlog::{Repair, VerifyReport};
use std::io::Write;

/// Read the whole log, and say what is wrong with it
///
/// Exits with 3 if something is. Notes, and what was moved aside earlier, are listed and do not count.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog verify --repair")]
pub(crate) struct VerifyArguments {
    /// Make the index anew, and move aside what contradicts the runs
    ///
    /// What is moved may say what is true. It is kept in the log, and listed here.
    #[arg(long)]
    repair: bool,

    /// Go on with the log as it is, without the runs that it has lost
    ///
    /// While a log has fewer runs than there have been, nothing is written to it. What is lost cannot
    /// be brought back after this: keep a copy of the files of the log before.
    #[arg(long)]
    accept_loss: bool,

    /// Also say which runs hold secrets
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
        log.to_examine()?
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

/// Says what is wrong with a log, and counts it.
fn check(
    opened: &OpenLog,
    arguments: &VerifyArguments,
    terminal: &TerminalArguments,
) -> Result<usize, Failure> {
    let verified = confirmed(opened)?;
    let mut screen = terminal.stream();
    for finding in &verified.findings {
        let repaired = match finding.repair {
            Repair::Reindex => " (`--repair` mends it)",
            Repair::AcceptLoss => " (`--accept-loss` goes on without)",
            Repair::SetAside => " (`--repair` moves it aside)",
            _ => "",
        };
        let (key, problem) = (printable(&finding.key), printable(&finding.problem));
        writeln!(screen, "{key}: {problem}{repaired}")?;
    }
    let mut found = verified.findings.len();
    if arguments.secrets {
        for secret in opened.log.maintenance().audit_secrets() {
            match secret {
                Ok(secret) => {
                    let secret = printable(&secret.to_string());
                    writeln!(screen, "secret: {secret}")?;
                    found += 1;
                }
                // It is among the findings.
                Err(execlog::Error::Corrupt { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    for aside in &verified.set_aside {
        let when = Value::Time(aside.at_ms).for_people(&terminal.moments());
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
    failure::note(&format!(
        "{} in {part}`{file}`, {contexts} with a context{aside}: {}",
        failure::runs(runs),
        match found {
            0 if arguments.secrets => "all is well, and no secret is found".to_owned(),
            0 => "all is well".to_owned(),
            1 => "1 finding".to_owned(),
            found => format!("{found} findings"),
        }
    ));
    Ok(found)
}

/// What is found twice. A file that is copied while its host is between two writes may look wrong
/// once, and not again in the same place.
fn confirmed(opened: &OpenLog) -> Result<VerifyReport, Failure> {
    let mut verified = opened.log.maintenance().verify()?;
    if !verified.findings.is_empty() {
        let again = opened.reopened()?.log.maintenance().verify()?;
        let is_still_there = |finding: &execlog::Finding| again.findings.contains(finding);
        verified.findings.retain(is_still_there);
    }
    Ok(verified)
}
