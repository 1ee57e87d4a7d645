//! Command lines are for the owner of the log, whatever the umask allows.

use rusqlite::Connection;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The modes of everything below a folder, by name.
fn modes(folder: &Path) -> BTreeMap<String, u32> {
    let mut modes = BTreeMap::new();
    for entry in folder.read_dir().expect("reads") {
        let path = entry.expect("an entry").path();
        let mode = path.metadata().expect("there").permissions().mode() & 0o777;
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            modes.extend(self::modes(&path));
        }
        let name = if path
            .extension()
            .is_some_and(|extension| extension == "lock")
        {
            "lock".to_owned()
        } else {
            name
        };
        modes.insert(name, mode);
    }
    modes
}

/// The modes of what a host makes that goes on with a run, under a umask that lets everybody read.
fn made_by_a_host(file: &Path) -> BTreeMap<String, u32> {
    let mut host = Command::new("sh")
        .args([
            "-c",
            "umask 022; exec \"$@\"",
            "sh",
            env!("CARGO_BIN_EXE_host"),
            "sqlite",
        ])
        .arg(file)
        .args(["begin", "1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the host starts");
    let mut line = String::new();
    let stdout = host.stdout.take().expect("a pipe");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("a line");
    assert!(line.starts_with("began"));
    let modes = modes(file.parent().expect("a folder"));
    drop(host.stdin.take());
    host.wait().expect("it ends");
    modes
}

#[test]
fn all_that_is_made_here_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = made_by_a_host(&folder.path().join("log.db"));
    let expected = [
        ("head", 0o600),
        ("lock", 0o600),
        ("log.db", 0o600),
        ("log.db-shm", 0o600),
        ("log.db-wal", 0o600),
        ("log.db.execlog", 0o700),
    ];
    let expected = expected.map(|(name, mode)| (name.to_owned(), mode));
    assert_eq!(made, BTreeMap::from(expected));
}

#[test]
fn the_file_of_a_host_keeps_its_mode() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    let host = Connection::open(&file).expect("opens");
    host.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE host (a)")
        .expect("a host's file");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o664)).expect("set");
    let made = made_by_a_host(&file);
    assert_eq!(made["code.db"], 0o664);
    assert_eq!(made["code.db.execlog"], 0o700);
}

#[test]
fn a_link_to_a_log_that_is_not_there_yet_makes_that_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink("log.db", &link).expect("a link");
    let made = made_by_a_host(&link);
    assert_eq!(made["log.db"], 0o600);
}
