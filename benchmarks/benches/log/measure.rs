use crate::contestant::{Contestant, Result};
use crate::turn::Operation;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// One operation, and what it took each contestant, `None` where it cannot do it.
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) times: Vec<Option<Duration>>,
}

/// How often each contestant takes its turn, of which the first warms up.
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

/// Lets each contestant work in turn, and takes the median of what one call took it.
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

/// A contestant in a process of its own. Two in one would share what SQLite keeps of their files in
/// memory, which it is built to do here, and the second would be slower.
struct Player {
    process: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
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
            questions,
            answers: BufReader::new(answers).lines(),
        })
    }

    fn turn(&mut self, operation: Operation) -> Result<Option<Duration>> {
        writeln!(self.questions, "{}", operation.name())?;
        let answer = self.answers.next().ok_or("a contestant gave up")??;
        match answer.as_str() {
            "" => Ok(None),
            nanoseconds => Ok(Some(Duration::from_nanos(nanoseconds.parse()?))),
        }
    }

    fn stop(mut self) -> Result {
        drop(self.questions);
        if self.process.wait()?.success() {
            Ok(())
        } else {
            Err("a contestant could not close its log".into())
        }
    }
}

/// Opens, starts, finishes and closes in a process that measures itself, so that its own start does
/// not blur it.
fn run_process(store: &str, contestant: &str, path: &Path) -> Result<Duration> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--fresh", store, contestant])
        .arg(path)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let nanoseconds = String::from_utf8(output.stdout)?.trim().parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}
