//! Contestants in processes of their own, which take turns.

use crate::contestant::{Log, Result};
use crate::run;
use std::io::BufRead;
use std::time::{Duration, Instant};

/// How long a turn lasts at least, unless it writes too much.
const TURN: Duration = Duration::from_millis(20);

/// What is measured in turns.
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

    /// How often it may be done in one turn, so that a log stays about as long as it is.
    fn most_calls(self, length: usize) -> i32 {
        match self {
            Self::StartAndFinish => i32::try_from(length / 50).unwrap_or(i32::MAX),
            Self::Newest | Self::Get => i32::MAX,
        }
    }
}

/// Takes a turn for each line that comes in, and answers with nanoseconds a call, or with an empty
/// line if the log cannot do it.
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
    // The first call wakes up a process that has waited for the others, and is not counted.
    let mut calls = -1_i32;
    let mut began = Instant::now();
    while calls < 1 || (calls < operation.most_calls(length) && began.elapsed() < TURN) {
        if calls == 0 {
            began = Instant::now();
        }
        // A step that meets every run before it meets one twice.
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
