//! Bits that flip in the file, and files that are cut off.
//!
//! `EXECLOG_FLIPS` sets how many bits are flipped (default 3000).

use super::{Random, fill, seals_after};
use execlog::clock::ManualClock;
use execlog::{ExecutionLog, Seal, StoredRun};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The size of a page: small, so that all of its bits can be tried.
const PAGE: usize = 512;

fn flips() -> usize {
    let given = std::env::var("EXECLOG_FLIPS").ok();
    given.map_or(3000, |flips| {
        flips.parse().expect("EXECLOG_FLIPS is a number")
    })
}

/// What a log shows and exports, or why it cannot.
type Shown = Result<(Vec<StoredRun>, Vec<Seal>), String>;

/// A log in a file of small pages.
struct Flipped {
    _folder: TempDir,
    file: PathBuf,
    sound: Vec<u8>,
    shown: Shown,
    /// The bytes that belong to no cell, in the root pages of tables and indexes.
    free: BTreeSet<usize>,
}

impl Flipped {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("log.db");
        let host = format!("PRAGMA page_size = {PAGE}; CREATE TABLE of_the_host (a)");
        let connection = Connection::open(&file).expect("opens");
        connection.execute_batch(&host).expect("made");
        let clock = ManualClock::at(1_795_368_717);
        let log = ExecutionLog::new(&file).with_clock(clock.clone());
        fill(&log, &clock);
        drop(log);
        let sound = fs::read(&file).expect("read");
        let free = free_bytes(&sound, &root_pages(&connection));
        Self {
            free,
            shown: shown(&file),
            sound,
            file,
            _folder: folder,
        }
    }

    /// Writes other bytes, and checks that what shows is found and what is free is not. Returns whether it
    /// shows.
    fn check(&self, bytes: &[u8], what: &str, is_free: bool) -> bool {
        fs::write(&self.file, bytes).expect("written");
        let after = shown(&self.file);
        let verified = ExecutionLog::read_only(&self.file).maintenance().verify();
        let is_found = verified.map_or(true, |verified| !verified.findings.is_empty());
        let shows = after != self.shown;
        assert!(!shows || is_found, "{what} shows and is not found");
        let is_quiet = !shows && !is_found;
        assert!(!is_free || is_quiet, "{what} is free, and is reported");
        shows
    }

    fn flip(&self, bit: usize) -> bool {
        let mut bytes = self.sound.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let is_free = self.free.contains(&(bit / 8));
        self.check(&bytes, &format!("bit {bit}"), is_free)
    }
}

fn shown(file: &Path) -> Shown {
    let log = ExecutionLog::read_only(file);
    let runs = log.runs().oldest_first().into_iter();
    let runs: Result<Vec<_>, _> = runs.map(|run| run.map(StoredRun::from)).collect();
    let seals = seals_after(&log, 0);
    let all = runs.and_then(|runs| Ok((runs, seals?)));
    all.map_err(|error| error.to_string())
}

/// The pages at which a table or an index begins, from 0.
fn root_pages(connection: &Connection) -> BTreeSet<usize> {
    let sql = "SELECT rootpage - 1 FROM sqlite_master WHERE rootpage > 0 UNION SELECT 0";
    let mut statement = connection.prepare(sql).expect("prepared");
    let roots = statement.query_map([], |row| row.get(0)).expect("queried");
    roots.collect::<Result<_, _>>().expect("numbers")
}

/// The bytes between the pointers to the cells of a page and its cells.
fn free_bytes(file: &[u8], pages: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut free = BTreeSet::new();
    for page in pages {
        let start = page * PAGE;
        let header = start + if *page == 0 { 100 } else { 0 };
        let number = |at: usize| usize::from(u16::from_be_bytes([file[at], file[at + 1]]));
        let length = if matches!(file[header], 2 | 5) { 12 } else { 8 };
        let pointers = header + length + 2 * number(header + 3);
        free.extend(pointers..start + number(header + 5));
    }
    free
}

#[test]
fn every_flip_that_shows_is_found_and_none_in_free_space_is() {
    const SEED: u64 = 24;
    let log = Flipped::new();
    let mut random = Random(SEED);
    assert!(log.free.len() > PAGE, "{} bytes are free", log.free.len());
    let flips = (0..flips()).filter(|_| log.flip(random.below(log.sound.len() * 8)));
    let shown = flips.count();
    assert!(shown > 0, "seed {SEED}");
    eprintln!("{shown} flips showed");
}

#[test]
fn every_bit_of_a_page_with_runs_is_found_if_it_shows() {
    let log = Flipped::new();
    let page = log
        .sound
        .chunks(PAGE)
        .position(|page| page[0] == 13 && page.windows(9).any(|text| text == b"/src/code"));
    let first = page.expect("a page with runs") * PAGE * 8;
    let shown = (first..first + PAGE * 8)
        .filter(|bit| log.flip(*bit))
        .count();
    assert!(shown > PAGE, "{shown}");
}

#[test]
fn every_file_that_was_cut_off_is_found() {
    const SEED: u64 = 25;
    let log = Flipped::new();
    let mut random = Random(SEED);
    for _ in 0..300 {
        let length = random.below(log.sound.len());
        fs::write(&log.file, &log.sound[..length]).expect("written");
        let verified = ExecutionLog::read_only(&log.file).maintenance().verify();
        let is_found = verified.map_or(true, |verified| !verified.findings.is_empty());
        assert!(is_found, "seed {SEED}: {length} bytes");
    }
}
