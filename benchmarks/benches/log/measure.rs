use crate::contestant::{Contestant, Log, Result};
use crate::run;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// One operation, and what it took each contestant, `None` where it cannot do it.
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) times: Vec<Option<Duration>>,
}

/// How often each contestant takes its turn, of which the first warms up.
const ROUNDS: usize = 15;

/// How long a turn lasts at least, unless it writes too much.
const TURN: Duration = Duration::from_millis(20);

type Filled<'a> = (&'a Contestant, PathBuf);

pub(crate) fn all(store: &str, filled: &[Filled], length: usize) -> Result<Vec<Row>> {
    let mut logs = Vec::new();
    for (contestant, path) in filled {
        logs.push((contestant.open)(path)?);
    }
    let mut number = 0;
    let newest = take_turns("the newest 20", &mut logs, u32::MAX, |log| {
        let found = log.newest()?;
        Some(found.and_then(|found| expect(found == run::NEWEST, "the newest")))
    })?;
    let get = take_turns("get a run by its id", &mut logs, u32::MAX, |log| {
        number += 7919;
        let found = log.get(&run::id(number % length))?;
        Some(found.and_then(|found| expect(found, "a run")))
    })?;
    // So few that the log stays about as long as it is.
    let most = u32::try_from(length / 100)?;
    let start_and_finish = take_turns("start and finish a run", &mut logs, most, |log| {
        number += 1;
        Some(log.start_and_finish(&format!("new-{number}")))
    })?;
    drop(logs);
    let fresh_process = fresh_process(store, filled)?;
    Ok(vec![start_and_finish, newest, get, fresh_process])
}

fn expect(found: bool, what: &str) -> Result {
    if found {
        Ok(())
    } else {
        Err(format!("{what} cannot be found").into())
    }
}

/// Lets each log work in turn, and takes the median of what one call took it.
fn take_turns(
    operation: &'static str,
    logs: &mut [Box<dyn Log>],
    most_calls: u32,
    mut call: impl FnMut(&mut dyn Log) -> Option<Result>,
) -> Result<Row> {
    let mut times = vec![Vec::new(); logs.len()];
    for round in 0..ROUNDS {
        for (log, times) in logs.iter_mut().zip(&mut times) {
            let began = Instant::now();
            let mut calls = 0_u32;
            while calls == 0 || (calls < most_calls && began.elapsed() < TURN) {
                match call(&mut **log) {
                    Some(done) => done?,
                    None => break,
                }
                calls += 1;
            }
            if calls > 0 && round > 0 {
                times.push(began.elapsed() / calls);
            }
        }
    }
    Ok(Row {
        operation,
        times: times.into_iter().map(median).collect(),
    })
}

/// Opens, starts, finishes and closes, each time in a process of its own, which measures itself so
/// that the start of the process does not blur it.
fn fresh_process(store: &str, filled: &[Filled]) -> Result<Row> {
    let mut times = vec![Vec::new(); filled.len()];
    for round in 0..ROUNDS {
        for ((contestant, path), times) in filled.iter().zip(&mut times) {
            let time = run_process(store, contestant.name, path, &format!("fresh-{round}"))?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    Ok(Row {
        operation: "open, start, finish, close in a fresh process",
        times: times.into_iter().map(median).collect(),
    })
}

fn run_process(store: &str, contestant: &str, path: &Path, id: &str) -> Result<Duration> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--fresh", store, contestant])
        .arg(path)
        .arg(id)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let nanoseconds = String::from_utf8(output.stdout)?.trim().parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}
