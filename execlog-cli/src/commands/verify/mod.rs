//! Verifies and repairs a log. `held_to` reads the checkpoint that the log is held to, and `since` has
//! what was sealed after it.

mod held_to;
mod since;

use crate::failure::Failure;
use crate::logs::arguments::LogArguments;
use crate::logs::opening::OpenLog;
use crate::output::messages;
use crate::output::printable::printable;
use crate::output::readable::Readable;
use crate::output::screen::TerminalArguments;
use crate::runs::value::Value;
use clap::Args;
use execlog::{Checkpoint, Finding, Repair, VerifyReport};
use held_to::{HeldTo, SealArguments};
use since::Since;
use std::io::Write;

/// Read the whole log, and report what is damaged
///
/// Exits with code 3 if there are findings. Notes and records that an earlier repair set aside are listed,
/// but are not findings. Runs without a seal are counted: another program wrote them, or somebody else.
#[derive(Debug, Args)]
#[command(after_help = "Example: execlog verify --repair")]
pub(crate) struct VerifyArguments {
    /// Rebuild the index, and set aside records that contradict their runs
    ///
    /// Records that are set aside may be the correct ones. They stay in the log, and `verify` lists them.
    #[arg(long)]
    repair: bool,

    /// Accept the log as it is: that it has lost runs, and that runs differ from their seals
    ///
    /// A log that has lost runs refuses all writes, so that they can still be restored. This option lets it be
    /// written to again, and seals the runs that are there. Copy the files of the log before you use this
    /// option: the lost runs cannot be restored afterwards, and nothing shows any more what was changed.
    #[arg(long)]
    accept_loss: bool,

    /// Also report runs that contain secrets
    #[arg(long)]
    secrets: bool,

    #[command(flatten)]
    seals: SealArguments,
}

pub(crate) fn run(
    arguments: &VerifyArguments,
    log: &LogArguments,
    terminal: &TerminalArguments,
) -> Result<(), Failure> {
    let held_to = arguments.seals.held_to()?;
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
    let mut found = check(&opened, arguments, held_to.as_ref(), terminal)?;
    if let Some(other) = opened.other()? {
        found += check(&other, arguments, None, terminal)?;
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
    held_to: Option<&HeldTo>,
    terminal: &TerminalArguments,
) -> Result<usize, Failure> {
    let checkpoint = match held_to {
        Some(HeldTo::Checkpoint(checkpoint)) => Some(checkpoint),
        Some(HeldTo::NotSigned(_)) | None => None,
    };
    let verified = confirmed(opened, checkpoint, arguments.seals.strict)?;
    let mut screen = terminal.unpaged();
    let mut found = verified.findings.len();
    if let Some(HeldTo::NotSigned(problem)) = held_to {
        let problem = printable(problem);
        writeln!(
            screen,
            "the checkpoint: {problem}; the log was not held to it"
        )?;
        found += 1;
    }
    for finding in &verified.findings {
        let remedy = match finding.repair {
            Repair::Reindex => " (repair with `--repair`)",
            Repair::AcceptLoss => " (accept with `--accept-loss`)",
            Repair::SetAside => " (set aside with `--repair`)",
            Repair::Accept => " (look at it, then accept with `--accept-loss`)",
            _ => "",
        };
        let (key, problem) = (printable(&finding.key), printable(&finding.problem));
        writeln!(screen, "{key}: {problem}{remedy}")?;
    }
    let since = since(opened, checkpoint, &verified)?;
    for finding in &since.findings {
        writeln!(screen, "{finding}")?;
    }
    found += since.findings.len();
    if arguments.seals.strict {
        // A log from before seals has none at all.
        for runs in verified.unsealed.chunk_by(|run, next| run + 1 == *next) {
            match runs {
                [run] => writeln!(screen, "run {run}: has no seal")?,
                [first, .., last] => writeln!(screen, "runs {first} to {last}: have no seal")?,
                [] => {}
            }
        }
        found += verified.unsealed.len();
    }
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
    for note in &since.notes {
        writeln!(screen, "note: {note}")?;
    }
    for note in &verified.notes {
        let (key, text) = (printable(&note.key), printable(&note.text));
        writeln!(screen, "note: {key}: {text}")?;
    }
    screen.end()?;
    let file = &opened.name;
    let aside = match verified.set_aside.len() {
        0 => String::new(),
        count => format!(", {count} set aside"),
    };
    let seals = messages::counted(verified.seals, "seal");
    let unsealed = match verified.unsealed.len() {
        0 => String::new(),
        count => format!(", {count} unsealed"),
    };
    let VerifyReport { runs, contexts, .. } = verified;
    let part = if opened.log.maintenance().is_in_graph()? {
        "the graph in "
    } else {
        ""
    };
    messages::note(&format!(
        "{} in {part}`{file}`, {contexts} with a context, {seals}{unsealed}{aside}: {}",
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

/// What was sealed since the checkpoint, if the journal is whole and holds to it.
fn since(
    opened: &OpenLog,
    checkpoint: Option<&Checkpoint>,
    verified: &VerifyReport,
) -> Result<Since, Failure> {
    let is_of_journal = |finding: &Finding| {
        let keys = ["the ", "seal ", "execlog_"];
        keys.iter().any(|key| finding.key.starts_with(key))
    };
    match checkpoint {
        Some(checkpoint) if !verified.findings.iter().any(is_of_journal) => {
            since::since(&opened.log, checkpoint)
        }
        _ => Ok(Since::default()),
    }
}

/// The findings of two readings. A file that is read between two writes of its host may look damaged once,
/// but not again in the same place.
fn confirmed(
    opened: &OpenLog,
    held_to: Option<&Checkpoint>,
    is_strict: bool,
) -> Result<VerifyReport, Failure> {
    let mut verified = verify(opened, held_to)?;
    if !verified.findings.is_empty() || is_strict && !verified.unsealed.is_empty() {
        let again = verify(&opened.reopened()?, held_to)?;
        let is_still_there = |finding: &Finding| again.findings.contains(finding);
        verified.findings.retain(is_still_there);
        let is_unsealed = |run: &i64| again.unsealed.binary_search(run).is_ok();
        verified.unsealed.retain(is_unsealed);
    }
    Ok(verified)
}

fn verify(opened: &OpenLog, held_to: Option<&Checkpoint>) -> Result<VerifyReport, Failure> {
    let maintenance = opened.log.maintenance();
    Ok(match held_to {
        Some(checkpoint) => maintenance.verify_against(checkpoint)?,
        None => maintenance.verify()?,
    })
}
