//! One turn of a contestant, in a process of its own.

use crate::contestant::{Log, Result};
use crate::run;
use std::io::BufRead;
use std::time::{Duration, Instant};

/// The minimum length of a turn, unless it writes too much.
const TURN: Duration = Duration::from_millis(20);

/// The operations measured in turns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Operation {
    StartAndFinish,
    Newest,
    Get,
}

impl Operation {
    pub(crate) const ALL: [Self; 3] = [Self::Newest, Self::Get, Self::StartAndFinish];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::StartAndFinish => "start and finish a run",
            Self::Newest => "the newest 20",
            Self::Get => "get a run by its id",
        }
    }

    /// The maximum number of calls in a turn, so that the length of the log hardly changes.
    fn most_calls(self, length: usize) -> i32 {
        match self {
            Self::StartAndFinish => i32::try_from(length / 50).unwrap_or(i32::MAX),
            Self::Newest | Self::Get => i32::MAX,
        }
    }
}

/// Takes a turn for each line of input. Answers with nanoseconds per call, or with an empty line if the
/// log does not support the operation.
pub(crate) fn serve(log: &mut dyn Log, length: usize) -> Result {
    let mut number = 0;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let operation = Operation::ALL.into_iter().find(|one| one.name() == line);
        let operation = operation.ok_or("no such operation")?;
        match take(log, operation, length, &mut number)? {
            Some(time) => println!("{}", time.as_nanos()),
            None => println!(),
        }
    }
    Ok(())
}

fn take(
    log: &mut dyn Log,
    operation: Operation,
    length: usize,
    number: &mut usize,
) -> Result<Option<Duration>> {
    // The first call is not counted: it wakes up a process that has waited for the others.
    let mut calls = -1_i32;
    let mut began = Instant::now();
    while calls < 1 || (calls < operation.most_calls(length) && began.elapsed() < TURN) {
        if calls == 0 {
            began = Instant::now();
        }
        // With this stride every run is visited before a run is visited twice.
        *number += 7919;
        let found = match operation {
            Operation::StartAndFinish => {
                let started = log.start_and_finish(&format!("new-{number}"));
                Some(started.map(|()| true))
            }
            Operation::Newest => {
                let newest = log.newest();
                newest.map(|newest| Ok(newest? == run::NEWEST))
            }
            Operation::Get => log.get(&run::id(*number % length)),
        };
        match found.transpose()? {
            None => return Ok(None),
            Some(true) => calls += 1,
            Some(false) => return Err(format!("{}: nothing is found", operation.name()).into()),
        }
    }
    Ok(Some(began.elapsed() / u32::try_from(calls)?))
}
