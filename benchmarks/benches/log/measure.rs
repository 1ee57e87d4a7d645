//! Runs the contestants in turn, each in a process of its own, and takes the median times.

use crate::bounded::{self, Lines};
use crate::contestant::{Contestant, Result};
use crate::turn::Operation;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

/// An operation and the time of each contestant, `None` for a contestant that does not support it.
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) times: Vec<Option<Duration>>,
}

/// The number of turns of each contestant. The first turn is a warm-up.
const ROUNDS: usize = 15;

type Filled<'a> = (&'a Contestant, PathBuf);

pub(crate) fn all(store: &str, filled: &[Filled], length: usize) -> Result<Vec<Row>> {
    let players = filled
        .iter()
        .map(|(contestant, path)| Player::start(store, contestant.name, path, length));
    let mut players = players.collect::<Result<Vec<_>>>()?;
    let mut rows = Vec::new();
    for operation in Operation::ALL {
        rows.push(take_turns(operation.name(), players.len(), |place| {
            players[place].turn(operation)
        })?);
    }
    for player in players {
        player.stop()?;
    }
    rows.rotate_right(1);
    rows.push(take_turns(
        "open, start, finish, close in a fresh process",
        filled.len(),
        |place| {
            let (contestant, path) = &filled[place];
            run_process(store, contestant.name, path).map(Some)
        },
    )?);
    Ok(rows)
}

/// Runs the contestants in turn, and takes the median time per call of each.
fn take_turns(
    operation: &'static str,
    contestants: usize,
    mut turn: impl FnMut(usize) -> Result<Option<Duration>>,
) -> Result<Row> {
    let mut times = vec![Vec::new(); contestants];
    for round in 0..ROUNDS {
        for (place, times) in times.iter_mut().enumerate() {
            let time = turn(place)?;
            if round > 0 {
                times.extend(time);
            }
        }
    }
    Ok(Row {
        operation,
        times: times.into_iter().map(median).collect(),
    })
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// A contestant in a process of its own. Two contestants in one process would share SQLite's memory of
/// their files, as SQLite is built to do here, and the second would be slower.
struct Player {
    process: Child,
    questions: Option<ChildStdin>,
    answers: Lines,
}

impl Player {
    fn start(store: &str, contestant: &str, path: &Path, length: usize) -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["--turns", store, contestant])
            .arg(path)
            .arg(length.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let (questions, answers) = pipes.ok_or("a process has no pipes")?;
        Ok(Self {
            process,
            questions: Some(questions),
            answers: Lines::from(answers),
        })
    }

    fn turn(&mut self, operation: Operation) -> Result<Option<Duration>> {
        let questions = self.questions.as_mut().ok_or("no more questions")?;
        writeln!(questions, "{}", operation.name())?;
        let answer = self.answers.next()?;
        match answer.as_str() {
            "" => Ok(None),
            nanoseconds => Ok(Some(Duration::from_nanos(nanoseconds.parse()?))),
        }
    }

    fn stop(mut self) -> Result {
        // Closing standard input tells the process to close its log.
        self.questions = None;
        if bounded::status(&mut self.process)?.success() {
            Ok(())
        } else {
            Err("a contestant could not close its log".into())
        }
    }
}

/// Kills the process if the comparison fails.
impl Drop for Player {
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

/// Opens, starts, finishes and closes a log in a process that measures itself, which leaves out the
/// start of the process.
fn run_process(store: &str, contestant: &str, path: &Path) -> Result<Duration> {
    let mut process = Command::new(std::env::current_exe()?)
        .args(["--fresh", store, contestant])
        .arg(path)
        .stdout(Stdio::piped())
        .spawn()?;
    let answers = process.stdout.take().ok_or("a process has no pipe")?;
    let status = bounded::status(&mut process)?;
    if !status.success() {
        return Err(format!("a contestant failed: {status}").into());
    }
    let nanoseconds = Lines::from(answers).next()?.parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}
