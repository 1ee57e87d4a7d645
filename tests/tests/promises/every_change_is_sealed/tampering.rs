//! What is done to a log by plain SQL is found and named.

use super::{RUNS, Random, execute, fill, findings, names, shown};
use execlog::clock::ManualClock;
use execlog::parking_lot::Mutex;
use execlog::{Checkpoint, ExecutionLog, Finding};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// How often each kind of change is made.
const TIMES: usize = 1000;

const COLUMNS: [&str; 12] = [
    "execution_id",
    "tool_version",
    "args",
    "root",
    "db_path",
    "started_at",
    "finished_at",
    "duration_ms",
    "outcome",
    "error_message",
    "files_indexed",
    "references_indexed",
];
const CONTEXT_COLUMNS: [&str; 12] = [
    "started_at_ms",
    "ended_at_ms",
    "process_id",
    "program",
    "host",
    "user",
    "exit_code",
    "revision",
    "crashed",
    "labels",
    "counters",
    "pin",
];
const VALUES: [&str; 12] = [
    "NULL",
    "''",
    "'success'",
    "'error'",
    "'[\"index\"]'",
    "'{\"team\":\"other\"}'",
    "'{\"chunks\":4}'",
    "0",
    "1",
    "-1",
    "1795368777",
    "'another text'",
];

/// The numbers of the runs that a filled log has.
const NUMBERS: [i64; 7] = [1, 2, 3, 4, 5, 7, RUNS];

/// The one that goes on. Whether its end is forged cannot be told from an end that magellan wrote.
const OPEN: i64 = 7;

/// A filled log on a shared connection, which can be changed past it.
fn filled() -> (ExecutionLog, Arc<Mutex<Connection>>) {
    let connection = Connection::open_in_memory().expect("opens");
    let connection = Arc::new(Mutex::new(connection));
    let clock = ManualClock::at(1_795_368_717);
    let log = ExecutionLog::with_connection(Arc::clone(&connection)).with_clock(clock.clone());
    fill(&log, &clock);
    (log, connection)
}

/// A change that was made to a log.
struct Change {
    /// The seed and the statements.
    what: String,
    /// The numbers that the change names.
    numbers: Vec<i64>,
    /// Whether the log shows anything else than before.
    shows: bool,
    found: Vec<Finding>,
    unsealed: Vec<i64>,
}

impl Change {
    /// Checks that each number has a finding, or is listed as a run whose end has no seal.
    fn is_named(&self) {
        for number in &self.numbers {
            let is_named = self.found.iter().any(|found| names(found, *number))
                || *number == OPEN && self.unsealed == [OPEN];
            assert!(is_named, "{}: {number} in {:?}", self.what, self.found);
        }
    }
}

/// Changes a log and takes the change back, many times. `change` gives the numbers of runs and the
/// statements.
fn check(seed: u64, change: impl Fn(&mut Random) -> (Vec<i64>, String), check: impl Fn(&Change)) {
    let (log, connection) = filled();
    let before = shown(&log);
    let mut random = Random(seed);
    let mut times = 0;
    while times < TIMES {
        let (numbers, sql) = change(&mut random);
        let made = connection
            .lock()
            .execute_batch(&format!("SAVEPOINT tampering; {sql}"));
        // The table refuses some values.
        if made.is_ok() {
            times += 1;
            let verified = log.maintenance().verify().expect("verified");
            check(&Change {
                what: format!("seed {seed}, {times}: {sql}"),
                numbers,
                shows: shown(&log) != before,
                found: verified.findings,
                unsealed: verified.unsealed,
            });
        }
        let back = "ROLLBACK TO tampering; RELEASE tampering";
        execute(&connection.lock(), back);
    }
    assert_eq!(findings(&log), []);
}

#[test]
fn an_edit_is_found_wherever_it_shows() {
    let change = |random: &mut Random| {
        let number = *random.of(&NUMBERS);
        let value = random.of(&VALUES);
        let sql = if random.below(2) == 0 {
            let column = random.of(&COLUMNS);
            format!("UPDATE execution_log SET {column} = {value} WHERE id = {number}")
        } else {
            let column = random.of(&CONTEXT_COLUMNS);
            format!(
                "UPDATE execlog_context SET {column} = {value} WHERE execution_id = \
                 (SELECT execution_id FROM execution_log WHERE id = {number})"
            )
        };
        (vec![number], sql)
    };
    check(17, change, |change| {
        if change.shows {
            change.is_named();
        } else {
            assert_eq!(change.found, [], "{}", change.what);
        }
    });
}

#[test]
fn a_run_that_was_deleted_is_found() {
    let change = |random: &mut Random| {
        let number = *random.of(&NUMBERS);
        let sql = format!(
            "DELETE FROM execlog_context WHERE execution_id = \
             (SELECT execution_id FROM execution_log WHERE id = {number}); \
             DELETE FROM execution_log WHERE id = {number}"
        );
        (vec![number], sql)
    };
    check(18, change, Change::is_named);
}

#[test]
fn a_run_that_was_inserted_has_no_seal() {
    let change = |random: &mut Random| {
        // 6 was removed, and is put back.
        let number = *random.of(&[6, 9, 10, 1000]);
        let sql = format!(
            "INSERT INTO execution_log (id, execution_id, tool_version, args, db_path, started_at, \
             finished_at, duration_ms, outcome) VALUES ({number}, 'forged-{}', '1', '[]', '', 1795368717, \
             1795368717, 1, 'success')",
            random.next()
        );
        (vec![number], sql)
    };
    check(19, change, |change| {
        if change.numbers == [6] {
            change.is_named();
        } else {
            assert_eq!(change.unsealed, change.numbers, "{}", change.what);
        }
    });
}

#[test]
fn numbers_that_were_swapped_are_found() {
    let change = |random: &mut Random| {
        let one = *random.of(&NUMBERS);
        let other = *random.of(&NUMBERS);
        let sql = format!(
            "UPDATE execution_log SET id = -1 WHERE id = {one}; \
             UPDATE execution_log SET id = {one} WHERE id = {other}; \
             UPDATE execution_log SET id = {other} WHERE id = -1"
        );
        if one == other {
            return (Vec::new(), "an error".to_owned());
        }
        (vec![one, other], sql)
    };
    check(20, change, |change| {
        change.is_named();
        let moved = change
            .found
            .iter()
            .filter(|found| found.problem.contains("the run has another number"));
        assert_eq!(moved.count(), 2, "{}: {:?}", change.what, change.found);
    });
}

#[test]
fn a_time_that_was_changed_everywhere_is_found() {
    let change = |random: &mut Random| {
        let number = *random.of(&NUMBERS);
        let seconds = 1 + random.below(1_000_000);
        let sql = format!(
            "UPDATE execlog_context SET started_at_ms = started_at_ms + {seconds} * 1000, \
             ended_at_ms = ended_at_ms + {seconds} * 1000 WHERE execution_id = \
             (SELECT execution_id FROM execution_log WHERE id = {number}); \
             UPDATE execution_log SET started_at = started_at + {seconds}, \
             finished_at = finished_at + {seconds} WHERE id = {number}"
        );
        (vec![number], sql)
    };
    check(21, change, Change::is_named);
}

#[test]
fn a_seal_that_was_changed_is_found() {
    let change = |random: &mut Random| {
        let place = 1 + random.below(16);
        let sql = match random.below(5) {
            0 => format!("UPDATE execlog_seal SET run = run + 1 WHERE sequence = {place}"),
            1 => format!("UPDATE execlog_seal SET event = event % 7 + 1 WHERE sequence = {place}"),
            2 => {
                format!("UPDATE execlog_seal SET digest = randomblob(32) WHERE sequence = {place}")
            }
            3 => {
                format!("UPDATE execlog_seal SET checksum = checksum + 1 WHERE sequence = {place}")
            }
            _ => format!("DELETE FROM execlog_seal WHERE sequence = {place}"),
        };
        (vec![i64::try_from(place).expect("a place")], sql)
    };
    check(22, change, |change| {
        let name = format!("seal {}", change.numbers[0]);
        let is_named = change.found.iter().any(|found| found.key == name);
        assert!(is_named, "{}: {:?}", change.what, change.found);
    });
}

/// The states of a log in a file: each has one more run or one more end than the one before.
fn states(folder: &Path, name: &str) -> Vec<Vec<u8>> {
    let file = folder.join(name);
    // Without a write-ahead log the file is all there is.
    execute(
        &Connection::open(&file).expect("opens"),
        "CREATE TABLE of_the_host (a)",
    );
    let clock = ManualClock::at(1_795_368_717);
    let log = ExecutionLog::new(&file).with_clock(clock.clone());
    fill(&log, &clock);
    let mut states = Vec::new();
    for number in 0..20 {
        states.push(fs::read(&file).expect("read"));
        let run = log.begin(execlog::Invocation::new([format!("{number}")]));
        states.push(fs::read(&file).expect("read"));
        run.succeed();
    }
    states.push(fs::read(&file).expect("read"));
    states
}

#[test]
fn an_older_copy_and_another_log_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = states(folder.path(), "log.db");
    let others = states(folder.path(), "other.db");
    let file = folder.path().join("log.db");
    let mut random = Random(23);
    for time in 0..TIMES {
        let (instead, what) = if random.below(2) == 0 {
            (&own[random.below(own.len() - 1)], "an older copy")
        } else {
            (random.of(&others), "another log")
        };
        fs::write(&file, instead).expect("written");
        let found = findings(&ExecutionLog::read_only(&file));
        let of_log = found.iter().filter(|found| found.key == "the log");
        assert_eq!(of_log.count(), 1, "{time}, {what}: {found:?}");
    }
    fs::write(&file, own.last().expect("a state")).expect("written");
    assert_eq!(findings(&ExecutionLog::read_only(&file)), []);
}

#[test]
fn a_checkpoint_finds_what_was_rebuilt_with_new_seals() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.db");
    let clock = ManualClock::at(1_795_368_717);
    let log = ExecutionLog::new(&file).with_clock(clock.clone());
    fill(&log, &clock);
    let checkpoint = log.maintenance().checkpoint().expect("read");
    let checkpoint = checkpoint.expect("there are seals");
    let against = |checkpoint: &Checkpoint| {
        let verified = log.maintenance().verify_against(checkpoint);
        verified.expect("verified").findings
    };
    log.begin(execlog::Invocation::new(["index"])).succeed();
    assert_eq!(against(&checkpoint), [], "the log has only grown");

    // Whoever can write the file can seal a forged run as its owner does.
    let connection = Connection::open(&file).expect("opens");
    execute(
        &connection,
        "UPDATE execution_log SET outcome = 'success', error_message = NULL WHERE id = 2",
    );
    log.maintenance().accept_loss().expect("accepted");
    assert_eq!(findings(&log), []);
    assert_eq!(against(&checkpoint), [], "the old seal is there still");
    execute(
        &connection,
        "UPDATE execlog_seal SET digest = (SELECT digest FROM execlog_seal ORDER BY sequence DESC LIMIT 1), \
         checksum = (SELECT checksum FROM execlog_seal ORDER BY sequence DESC LIMIT 1), \
         event = 7 WHERE run = 2",
    );
    assert_eq!(findings(&log), []);
    let found = against(&checkpoint);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].problem.contains("are not those of the checkpoint"));

    let other = ExecutionLog::in_memory();
    fill(&other, &clock);
    let other = other
        .maintenance()
        .checkpoint()
        .expect("read")
        .expect("seals");
    assert!(against(&other)[0].problem.contains("is of another log"));
    let mut larger = checkpoint;
    larger.size = 1_000_000;
    assert!(against(&larger)[0].problem.contains("was cut off"));
}
