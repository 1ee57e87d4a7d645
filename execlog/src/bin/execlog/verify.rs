//! `execlog verify`.

use crate::failure::{self, Failure};
use crate::fields::printable;
use crate::logs::{LogArguments, OpenLog};
use crate::output::TerminalArguments;
use clap::Args;
use execlog::{Mending, Verified};
use std::io::Write;

/// Read the whole log, and say what is wrong with it
///
/// Exits with 3 if something is.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog verify --repair")]
pub(crate) struct VerifyArguments {
    /// Make anew what can be made from the runs: the index, and contexts left without a run
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
        opened.log.accept_loss()?;
        opened
    } else if arguments.repair {
        let opened = log.to_change()?;
        opened.log.reindex()?;
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
        let repaired = match finding.mending {
            Mending::Reindex => " (`--repair` mends it)",
            Mending::AcceptLoss => " (`--accept-loss` goes on without)",
            _ => "",
        };
        let (key, problem) = (printable(&finding.key), printable(&finding.problem));
        writeln!(screen, "{key}: {problem}{repaired}")?;
    }
    let mut found = verified.findings.len();
    if arguments.secrets {
        for secret in opened.log.audit_secrets() {
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
    screen.end()?;
    let file = opened.file.display();
    let Verified { runs, contexts, .. } = verified;
    let part = if opened.log.is_in_graph()? {
        "the graph in "
    } else {
        ""
    };
    failure::note(&format!(
        "{} in {part}`{file}`, {contexts} with a context: {}",
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
fn confirmed(opened: &OpenLog) -> Result<Verified, Failure> {
    let mut verified = opened.log.verify()?;
    if !verified.findings.is_empty() {
        let again = opened.reopened()?.log.verify()?;
        let is_still_there = |finding: &execlog::Finding| again.findings.contains(finding);
        verified.findings.retain(is_still_there);
    }
    Ok(verified)
}
