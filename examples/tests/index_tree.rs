//! The indexer as a user runs it.

mod bounded;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn index(folder: &Path, dir: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_index_tree"));
    command.current_dir(folder).args([dir, "--db", "log"]);
    bounded::output(&mut command)
}

/// What it printed, with the spaces of the table folded and its two changing columns cut.
fn printed(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    let fold = |line: &str| {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        if words
            .first()
            .is_some_and(|word| word.parse::<u32>().is_ok())
        {
            words.remove(3);
            words.remove(1);
        }
        words.join(" ")
    };
    text.lines().map(fold).collect()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    write("good/a.rs", "mod m { fn f() { g() } }");
    write("good/ignored.rs", "fn not_counted() {}");
    write("good/.gitignore", "ignored.rs");
    write("good/notes.txt", "not Rust");
    write("bad/a.rs", "struct A;");
    write("bad/b.rs", "fn b(]");
    folder
}

const HEADER: &str = "run started status ms files symbols references root";

#[test]
fn each_run_is_added_to_the_log() {
    let folder = folder();
    let first = index(folder.path(), "good");
    assert!(first.status.success());
    let summary = "indexed 1 file, 2 symbols, 1 reference";
    assert_eq!(
        printed(&first),
        [summary, "", HEADER, "1 success 1 2 1 good"]
    );
    let second = index(folder.path(), "good");
    let expected = [
        summary,
        "",
        HEADER,
        "2 success 1 2 1 good",
        "1 success 1 2 1 good",
    ];
    assert_eq!(printed(&second), expected);
    assert_eq!(
        String::from_utf8_lossy(&second.stderr),
        "",
        "no progress bar off a terminal"
    );
}

#[test]
fn a_file_that_does_not_parse_is_named_and_makes_the_run_partial() {
    let folder = folder();
    let output = index(folder.path(), "bad");
    assert!(output.status.success());
    let printed = printed(&output);
    assert_eq!(printed[0], "indexed 1 file, 1 symbol, 0 references");
    assert!(
        printed[1].starts_with("left out: bad/b.rs: line 1: "),
        "{}",
        printed[1]
    );
    assert_eq!(printed[4], "1 partial 1 1 0 bad");
}

#[test]
fn a_missing_folder_is_an_error_and_in_the_log_all_the_same() {
    let folder = folder();
    index(folder.path(), "good");
    let output = index(folder.path(), "missing");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: `missing` is not a folder that exists\n"
    );
    let expected = ["", HEADER, "2 error 0 0 0 missing", "1 success 1 2 1 good"];
    assert_eq!(printed(&output), expected);
}

#[cfg(feature = "native-v2")]
#[test]
fn the_log_of_another_graph_is_not_emptied() {
    let folder = folder();
    fs::write(folder.path().join("log.wal"), "another graph's").expect("written");
    let output = index(folder.path(), "good");
    assert_eq!(output.status.code(), Some(1));
    let kept = fs::read_to_string(folder.path().join("log.wal"));
    assert_eq!(kept.expect("read"), "another graph's");
}

#[test]
fn a_file_that_is_no_log_is_refused_and_kept() {
    let folder = folder();
    let notes = folder.path().join("log");
    fs::write(&notes, "precious notes ".repeat(100)).expect("written");
    let output = index(folder.path(), "good");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("error: cannot open `log`: "), "{said}");
    assert_eq!(
        fs::read_to_string(notes).expect("read"),
        "precious notes ".repeat(100)
    );
}
