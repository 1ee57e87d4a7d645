//! Damaged graphs are found and not changed. The tests flip bits, one at a time, and cut files off.
//!
//! `EXECLOG_FLIPS` sets how many bits each test flips (default 20). Files are cut off as often, and at most 300
//! times.

mod cut_off;
mod flipped_bits;
#[cfg(feature = "native-v2")]
mod header;
#[cfg(feature = "native-v3")]
mod imports;

use crate::fixture::program;
use execlog::{FileKind, Invocation};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const RUNS: usize = 200;
const SEED: u64 = 0x6578_6c67;

fn flips() -> usize {
    let given = std::env::var("EXECLOG_FLIPS").ok();
    given.map_or(20, |flips| {
        flips.parse().expect("EXECLOG_FLIPS is a number")
    })
}

/// Pseudo-random numbers by `SplitMix64`, the same in every run of the test.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("it is below a size")
    }
}

/// The files of a folder, without subfolders.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = folder.read_dir().expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = paths.filter(|path| path.is_file());
    files
        .map(|path| (path.clone(), fs::read(path).expect("read")))
        .collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in from.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).expect("copied");
        }
    }
}

/// How many runs are listed or reported as damaged. `None` if the log cannot be opened.
fn runs_there(folder: &Path) -> Option<usize> {
    let output = program(folder)
        .args([
            "list",
            "-n",
            "100000",
            "--format",
            "{execution_id}",
            "--db",
            "code.graph",
        ])
        .output()
        .expect("it runs");
    let listed = String::from_utf8_lossy(&output.stdout).lines().count();
    let said = String::from_utf8_lossy(&output.stderr);
    let damaged = said.lines().filter(|line| line.contains("cannot be read"));
    let is_open = output.status.success() || listed > 0;
    is_open.then(|| listed + damaged.count())
}

/// Everything that `export` writes.
fn exported(folder: &Path) -> Vec<u8> {
    let mut export = program(folder);
    export.args(["export", "--db", "code.graph"]);
    export.output().expect("it runs").stdout
}

/// The exit code of a command.
fn code(folder: &Path, arguments: &[&str]) -> Option<i32> {
    let mut command = program(folder);
    command.args(arguments).args(["--db", "code.graph"]);
    command.output().expect("it runs").status.code()
}

/// A graph that has a log, and its files.
struct Graph {
    folder: TempDir,
    parts: Vec<(OsString, Vec<u8>)>,
    exported: Vec<u8>,
}

/// What becomes of the runs of a damaged graph.
#[derive(Debug, PartialEq, Eq)]
enum Runs {
    AsBefore,
    Changed,
    Lost,
}

impl Graph {
    fn new(kind: FileKind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let whole = folder.path().join("whole");
        fs::create_dir(&whole).expect("made");
        let graph = whole.join("code.graph");
        let log = kind
            .create_log(&graph)
            .expect("a graph")
            .with_locks_beside(&graph);
        for _ in 0..RUNS {
            log.begin(Invocation::new(["index", "--root", "/src/code"]))
                .succeed();
        }
        drop(log);
        let exported = exported(&whole);
        let parts = files(&whole).into_iter().map(|(path, bytes)| {
            let name = path.file_name().expect("a name");
            (name.to_owned(), bytes)
        });
        Self {
            parts: parts.collect(),
            exported,
            folder,
        }
    }

    /// Writes other bytes into a file of a copy of the graph. Returns what becomes of the runs, and whether that is
    /// found. Whenever runs are lost, no command may change a file.
    fn damage(&self, name: &OsStr, bytes: &[u8]) -> (Runs, bool) {
        let damaged = self.folder.path().join("damaged");
        copy(&self.folder.path().join("whole"), &damaged);
        fs::write(damaged.join(name), bytes).expect("written");
        let before = files(&damaged);
        let there = runs_there(&damaged);
        let is_found = code(&damaged, &["verify"]) == Some(3);
        let runs = if there != Some(RUNS) {
            for command in [
                &["settle"][..],
                &["prune", "--keep-last", "5", "--yes"],
                &["verify", "--repair"],
            ] {
                code(&damaged, command);
            }
            let name = name.display();
            assert!(files(&damaged) == before, "{name}, {there:?}: changed");
            Runs::Lost
        } else if exported(&damaged) == self.exported {
            Runs::AsBefore
        } else {
            Runs::Changed
        };
        fs::remove_dir_all(damaged).expect("removed");
        (runs, is_found)
    }
}
