//! Many processes ship many logs at the same time, some of them twice, and a third of the processes is killed.
//!
//! `EXECLOG_LOGS` sets the number of logs (default 12), and `EXECLOG_RUNS` that of the runs of each (default 40).

use super::{database, team};
use execlog::{ExecutionLog, Invocation, LocalLog, Seal};
use execlog_tests::bounded;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

const SHIPPERS: usize = 16;

fn number(name: &str, default: usize) -> usize {
    let given = std::env::var(name).ok();
    given.map_or(default, |number| number.parse().expect("a number"))
}

/// Numbers that look random, from a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn shuffled<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        let mut items = items.to_vec();
        for place in (1..items.len()).rev() {
            let other = self.below(place as u64 + 1);
            items.swap(place, usize::try_from(other).expect("small"));
        }
        items
    }
}

fn record(file: &Path, runs: usize) {
    let log = ExecutionLog::new(file);
    for nth in 0..runs {
        let run =
            log.begin(Invocation::new(["index", &nth.to_string()]).label("nth", nth.to_string()));
        if nth % 7 == 0 {
            run.fail_with("no such folder");
        } else {
            run.succeed();
        }
    }
}

fn shipper(url: &str, logs: &[PathBuf]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_shipper"))
        .arg(url)
        .args(logs)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

fn ended_well(child: Child) {
    let output = bounded::ended(child);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}

fn digests(seals: impl Iterator<Item = execlog::Result<Seal>>) -> Vec<String> {
    seals
        .map(|seal| seal.expect("a seal").digest.to_string())
        .collect()
}

#[test]
fn every_run_of_many_logs_arrives_once_although_shippers_are_killed() {
    let Some(database) = database() else { return };
    let team = team(&database);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (count, runs) = (number("EXECLOG_LOGS", 12), number("EXECLOG_RUNS", 40));
    let logs: Vec<PathBuf> = (0..count)
        .map(|nth| folder.path().join(format!("{nth}.db")))
        .collect();
    for log in &logs {
        record(log, runs);
    }
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
    let seed = u64::try_from(now.as_nanos() % u128::from(u64::MAX)).expect("small") | 1;
    eprintln!("seed {seed}");
    let mut random = Random(seed);
    for _ in 0..2 {
        // Each log is shipped by two of the processes at least.
        let share = (count * 2).div_ceil(SHIPPERS).max(1);
        let order = [random.shuffled(&logs), random.shuffled(&logs)].concat();
        let mut shippers: Vec<Child> = order
            .chunks(share)
            .map(|logs| shipper(&database.url(), logs))
            .collect();
        let mut killed = random.shuffled(&(0..shippers.len()).collect::<Vec<_>>());
        killed.truncate(shippers.len() / 3);
        for nth in &killed {
            // At any moment of its work.
            std::thread::sleep(Duration::from_millis(random.below(40)));
            let _ = shippers[*nth].kill();
        }
        for (nth, shipper) in shippers.drain(..).enumerate() {
            if killed.contains(&nth) {
                drop(bounded::ended(shipper));
            } else {
                ended_well(shipper);
            }
        }
    }
    // What a killed process has left is sent the next time.
    ended_well(shipper(&database.url(), &logs));

    let verified = team.maintenance().verify().expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (vec![], vec![]));
    assert_eq!(verified.runs, count * runs);
    compare(
        &database.rows(
            "SELECT journal.log_id, encode(seal.digest, 'hex') FROM execlog.execlog_seal AS seal \
         JOIN execlog.execlog_journal AS journal ON journal.log = seal.log WHERE seal.log > 1 \
         ORDER BY seal.log, seal.sequence",
        ),
        &logs,
    );
}

/// Compares the seals in the server with those of the logs.
fn compare(rows: &[execlog_tests::postgres::Row], logs: &[PathBuf]) {
    let mut there = BTreeMap::<String, Vec<String>>::new();
    for row in rows {
        let [Some(log_id), Some(digest)] = row.as_slice() else {
            panic!("{row:?}");
        };
        there
            .entry(log_id.clone())
            .or_default()
            .push(digest.clone());
    }
    let mut here = BTreeMap::new();
    for file in logs {
        let log: LocalLog = ExecutionLog::read_only(file).into();
        let checkpoint = log.maintenance().checkpoint().expect("read");
        let origin = checkpoint.expect("seals").origin;
        let log_id = origin.rsplit('/').next().unwrap_or_default().to_owned();
        here.insert(log_id, digests(log.maintenance().seals_after(0)));
    }
    assert_eq!(there, here);
}
