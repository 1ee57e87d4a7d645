//! Damaged graphs are found and not changed. The tests flip bits, one at a time, and cut files off.
//!
//! `EXECLOG_FLIPS` sets how many bits are flipped for each engine (default 40). Files are cut off half as
//! often.

use crate::fixture::program;
use execlog::{ExecutionLog, FileKind, Invocation};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const RUNS: usize = 200;
const SEED: u64 = 0x6578_6c67;

fn flips() -> usize {
    let given = std::env::var("EXECLOG_FLIPS").ok();
    given.map_or(40, |flips| {
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

/// A folder with a graph that has a log, and what an export of it writes.
fn whole_graph(kind: FileKind, folder: &Path) -> (PathBuf, Vec<u8>) {
    let whole = folder.join("whole");
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
    let sound = exported(&whole);
    (whole, sound)
}

/// Flips bits in a graph. Whenever an export changes, `verify` must find it. Whenever runs are lost, no
/// command may change a file.
fn flip_bits(kind: FileKind) {
    let folder = tempfile::tempdir().expect("a folder");
    let (whole, sound) = whole_graph(kind, folder.path());
    let parts = files(&whole);
    let size: usize = parts.values().map(Vec::len).sum();
    let mut random = Random(SEED);
    let (mut losses, mut changes, mut not_found) = (0, 0, Vec::new());
    for flip in 0..flips() {
        let damaged = folder.path().join(format!("damaged-{flip}"));
        copy(&whole, &damaged);
        let (mut at, bit) = (random.below(size), random.below(8));
        let part = parts.iter().find(|(_, bytes)| {
            let is_here = at < bytes.len();
            if !is_here {
                at -= bytes.len();
            }
            is_here
        });
        let (path, bytes) = part.expect("a file");
        let name = path.file_name().expect("a name");
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << bit;
        fs::write(damaged.join(name), bytes).expect("written");

        let before = files(&damaged);
        let there = runs_there(&damaged);
        let verified = code(&damaged, &["verify"]);
        if there == Some(RUNS) && exported(&damaged) != sound {
            changes += 1;
            if verified != Some(3) {
                not_found.push(format!("{} at {at}, bit {bit}: changed", name.display()));
            }
        }
        if there != Some(RUNS) {
            losses += 1;
            for command in [
                &["settle"][..],
                &["prune", "--keep-last", "5", "--yes"],
                &["verify", "--repair"],
            ] {
                code(&damaged, command);
            }
            if verified != Some(3) || files(&damaged) != before {
                not_found.push(format!(
                    "{} at {at}, bit {bit}: {there:?}, {verified:?}",
                    name.display()
                ));
            }
        }
        fs::remove_dir_all(damaged).expect("removed");
    }
    let flips = flips();
    eprintln!("{kind:?}: {losses} of {flips} flips lost runs, and {changes} changed some");
    assert!(
        not_found.is_empty(),
        "seed {SEED:#x}: {} not found: {not_found:#?}",
        not_found.len()
    );
}

/// Cuts off files of a graph. Whenever an export changes, `verify` must find it.
fn cut_off(kind: FileKind) {
    let folder = tempfile::tempdir().expect("a folder");
    let (whole, sound) = whole_graph(kind, folder.path());
    let parts: Vec<_> = files(&whole).into_iter().collect();
    let mut random = Random(SEED);
    let mut changes = 0;
    let cuts = flips() / 2;
    for cut in 0..cuts {
        let damaged = folder.path().join(format!("damaged-{cut}"));
        copy(&whole, &damaged);
        let (path, bytes) = &parts[random.below(parts.len())];
        let length = random.below(bytes.len().max(1));
        let name = path.file_name().expect("a name");
        fs::write(damaged.join(name), &bytes[..length]).expect("written");
        let verified = code(&damaged, &["verify"]);
        if exported(&damaged) != sound {
            changes += 1;
            let what = format!("seed {SEED:#x}: {} of {length} bytes", name.display());
            assert_eq!(verified, Some(3), "{what}");
        }
        fs::remove_dir_all(damaged).expect("removed");
    }
    eprintln!("{kind:?}: {changes} of {cuts} cuts changed what is exported");
    assert!(changes > 0);
}

#[cfg(feature = "native-v2")]
#[test]
fn native_1_6_graphs_that_were_cut_off() {
    cut_off(FileKind::NativeV2);
}

#[cfg(feature = "native-v3")]
#[test]
fn native_3_9_graphs_that_were_cut_off() {
    cut_off(FileKind::NativeV3);
}

/// The first bytes of a graph tell the engine what it is. Without them it opens nothing.
#[cfg(feature = "native-v2")]
#[test]
fn flipped_bits_in_the_header_of_a_native_1_6_graph() {
    let folder = tempfile::tempdir().expect("a folder");
    let graph = folder.path().join("code.graph");
    let log = FileKind::NativeV2.create_log(&graph).expect("a graph");
    log.begin(Invocation::new(["index"])).succeed();
    drop(log);
    let header = fs::read(&graph).expect("read");
    let mut unopened = 0;
    for at in 0..header.len() {
        let mut damaged = header.clone();
        damaged[at] ^= 1 << (at % 8);
        fs::write(&graph, damaged).expect("written");
        let before = files(folder.path());
        let verified = code(folder.path(), &["verify"]);
        if runs_there(folder.path()) != Some(1) {
            unopened += 1;
            assert_eq!(verified, Some(3), "byte {at}");
            code(folder.path(), &["settle"]);
            assert_eq!(files(folder.path()), before, "byte {at}");
        }
    }
    assert!(unopened > 0);
    fs::write(folder.path().join("notes.txt"), "no log").expect("written");
    let mut verify = program(folder.path());
    verify.args(["verify", "--db", "notes.txt"]);
    assert_eq!(verify.output().expect("it runs").status.code(), Some(1));
}

#[cfg(feature = "native-v2")]
#[test]
fn flipped_bits_in_a_native_1_6_graph() {
    flip_bits(FileKind::NativeV2);
}

#[cfg(feature = "native-v3")]
#[test]
fn flipped_bits_in_a_native_3_9_graph() {
    flip_bits(FileKind::NativeV3);
}

#[cfg(feature = "native-v3")]
#[test]
fn imports_do_not_write_to_a_graph_that_has_lost_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let graph = folder.path().join("code.graph");
    let log = FileKind::NativeV3
        .create_log(&graph)
        .expect("a graph")
        .with_locks_beside(&graph);
    log.begin(Invocation::new(["index"])).succeed();
    drop(log);
    fs::write(graph.with_extension("v3checkpoint"), "damaged").expect("written");
    fs::write(folder.path().join("runs.jsonl"), crate::fixture::RUNS).expect("written");
    let before = files(folder.path());
    assert_eq!(code(folder.path(), &["import", "runs.jsonl"]), Some(1));
    assert_eq!(code(folder.path(), &["verify"]), Some(3));
    assert_eq!(files(folder.path()), before);
    assert_eq!(code(folder.path(), &["verify", "--accept-loss"]), Some(0));
    assert_eq!(code(folder.path(), &["import", "runs.jsonl"]), Some(0));
    let log = ExecutionLog::open(&graph).expect("opens");
    assert_eq!(log.maintenance().loss().expect("reads"), None);
}
