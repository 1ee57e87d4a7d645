//! Files that commands write are private, complete, and replace other files only with `--force`.

use crate::fixture::{Fixture, script};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

/// The commands that write a file, without the file name.
const WRITING: [&[&str]; 2] = [&["export", "-o"], &["report", "--html"]];

fn write(fixture: &Fixture, command: &[&str], name: &str, options: &[&str]) -> (i32, String) {
    let arguments = [command, &[name], options].concat();
    let output = fixture.execlog(&arguments).output().expect("it runs");
    let said = String::from_utf8(output.stderr).expect("text");
    (output.status.code().expect("it ends"), said)
}

fn mode(path: &Path) -> u32 {
    let metadata = fs::symlink_metadata(path).expect("it is there");
    metadata.permissions().mode() & 0o7777
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).expect("reads");
    let names = files.map(|file| file.expect("a file").file_name());
    let mut names: Vec<_> = names
        .map(|name| name.into_string().expect("text"))
        .collect();
    names.sort();
    names
}

#[test]
fn a_new_file_is_complete_and_no_temporary_file_is_left() {
    for command in WRITING {
        let fixture = Fixture::new();
        fs::create_dir(fixture.path("out")).expect("made");
        let (code, said) = write(&fixture, command, "out/new", &[]);
        assert_eq!(code, 0, "{said}");
        assert_eq!(names(&fixture.path("out")), ["new"]);
        let text = fs::read_to_string(fixture.path("out/new")).expect("text");
        assert!(text.ends_with("}\n") || text.ends_with("</html>"), "{text}");
    }
}

#[test]
fn existing_files_are_replaced_only_with_force() {
    for command in WRITING {
        for before in ["", "<!DOCTYPE html>", "precious"] {
            let fixture = Fixture::new();
            fs::create_dir(fixture.path("out")).expect("made");
            let file = fixture.path("out/file");
            fs::write(&file, before).expect("written");
            let (code, said) = write(&fixture, command, "out/file", &[]);
            let expected = "error: `out/file` exists: name another file, or add `--force` to \
                 replace it\n";
            assert_eq!((code, said.as_str()), (1, expected));
            assert_eq!(fs::read_to_string(&file).expect("text"), before);
            assert_eq!(write(&fixture, command, "out/file", &["--force"]).0, 0);
            assert!(fs::read(&file).expect("bytes").len() > 1000);
            assert_eq!(names(&fixture.path("out")), ["file"]);
        }
    }
}

#[test]
fn links_are_replaced_only_with_force_and_their_targets_never() {
    for command in WRITING {
        for target in ["precious", "missing", "folder"] {
            let fixture = Fixture::new();
            let (link, precious) = (fixture.path("link"), fixture.path("precious"));
            fs::write(&precious, "precious").expect("written");
            fs::create_dir(fixture.path("folder")).expect("made");
            symlink(target, &link).expect("linked");
            let (code, said) = write(&fixture, command, "link", &[]);
            assert_eq!(code, 1);
            assert!(said.contains("`link` exists"), "{said}");
            assert_eq!(fs::read_link(&link).expect("a link"), Path::new(target));
            let (code, said) = write(&fixture, command, "link", &["--force"]);
            assert_eq!(code, 0, "{said}");
            assert!(fs::symlink_metadata(&link).expect("there").is_file());
            assert_eq!(fs::read(&precious).expect("bytes"), b"precious");
            assert!(!fixture.path("missing").exists());
            assert_eq!(names(&fixture.path("folder")), [""; 0]);
        }
    }
}

#[test]
fn pipes_devices_and_folders_are_refused_at_once_even_with_force() {
    let fixture = Fixture::new();
    fixture.make_pipe("pipe");
    symlink("pipe", fixture.path("link-to-pipe")).expect("linked");
    // Through a link, so that not even a faulty command replaces the device.
    symlink("/dev/null", fixture.path("link-to-device")).expect("linked");
    fs::create_dir(fixture.path("folder")).expect("made");
    let before = names(&fixture.path(""));
    for command in WRITING {
        for options in [&[][..], &["--force"]] {
            for (name, expected) in [
                ("pipe", "is not a regular file: name `-` and redirect"),
                (
                    "link-to-pipe",
                    "is not a regular file: name `-` and redirect",
                ),
                (
                    "link-to-device",
                    "is not a regular file: name `-` and redirect",
                ),
                ("folder", "is a folder: name a file in it"),
                ("missing/new", "cannot write `missing/new`: "),
                ("code.db/new", "cannot write `code.db/new`: "),
            ] {
                let (code, said) = write(&fixture, command, name, options);
                assert_eq!(code, 1, "{name}");
                assert!(said.contains(expected), "{said}");
            }
        }
    }
    let after = names(&fixture.path(""));
    let after = after
        .into_iter()
        .filter(|name| !name.starts_with("code.db-"));
    assert!(
        after.eq(before
            .into_iter()
            .filter(|name| !name.starts_with("code.db-")))
    );
}

#[test]
fn a_failed_write_leaves_no_file_and_keeps_the_old_one() {
    for command in WRITING {
        let fixture = Fixture::new();
        let long = "x".repeat(200_000);
        fixture
            .log()
            .begin(execlog::Invocation::new([&long]))
            .succeed();
        fs::create_dir(fixture.path("out")).expect("made");
        fs::write(fixture.path("out/old"), "precious").expect("written");
        for name in ["out/new", "out/old"] {
            let limit = "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\"";
            let mut limited = script(&fixture.path(""), limit);
            let output = limited.args(command).args([name, "--force"]).output();
            let output = output.expect("it runs");
            let said = String::from_utf8(output.stderr).expect("text");
            assert_eq!(output.status.code(), Some(1), "{said}");
        }
        assert_eq!(names(&fixture.path("out")), ["old"]);
        let old = fs::read(fixture.path("out/old")).expect("bytes");
        assert_eq!(old, b"precious");
    }
}

/// Runs the program with the usual umask, under which everybody can read new files.
fn run(fixture: &Fixture, arguments: &[&str]) {
    let mut command = script(&fixture.path(""), "umask 022; exec \"$0\" \"$@\"");
    command.args(arguments).assert().success();
}

#[test]
fn only_the_user_can_read_a_written_file() {
    for command in WRITING {
        let fixture = Fixture::new();
        run(&fixture, &[command, &["new"]].concat());
        assert_eq!(mode(&fixture.path("new")), 0o600);
        fs::write(fixture.path("old"), "").expect("written");
        fs::set_permissions(fixture.path("old"), fs::Permissions::from_mode(0o644)).expect("set");
        run(&fixture, &[command, &["old", "--force"]].concat());
        assert_eq!(mode(&fixture.path("old")), 0o600);
    }
}

#[test]
fn only_the_user_can_enter_the_folder_of_the_own_log() {
    const OWN: &str = ".local/state/execlog/log.db";
    for arguments in [
        &["record", "--", "true"][..],
        &["import", "--db", OWN, "runs.jsonl"],
    ] {
        let fixture = Fixture::new();
        fs::write(fixture.path("runs.jsonl"), crate::fixture::RUNS).expect("written");
        for file in ["code.db", "code.db-wal", "code.db-shm"] {
            let _ = fs::remove_file(fixture.path(file));
        }
        run(&fixture, arguments);
        for folder in [".local", ".local/state", ".local/state/execlog"] {
            assert_eq!(mode(&fixture.path(folder)), 0o700, "{folder}");
        }
        assert!(fixture.path(OWN).is_file());
    }
}

#[cfg(feature = "native-v2")]
#[test]
fn only_the_user_can_enter_the_folder_of_a_copy() {
    let fixture = Fixture::new();
    let import = [
        "import",
        "--db",
        "code.graph",
        "--create",
        "native-v2",
        "code.db",
    ];
    fixture.execlog(&import).assert().success();
    fs::create_dir(fixture.path("tmp")).expect("made");
    let temporary = fixture.path("tmp").display().to_string();
    let tail = ["tail", "-f", "--db", "code.graph"];
    let mut terminal = crate::pty::Terminal::start(&fixture, &tail, &[("TMPDIR", &temporary)]);
    terminal.see("01a20844");
    let copies = names(&fixture.path("tmp"));
    assert_eq!(copies.len(), 1, "{copies:?}");
    assert_eq!(mode(&fixture.path("tmp").join(&copies[0])), 0o700);
    terminal.press("\u{3}");
    terminal.end();
}

#[cfg(all(feature = "native-v2", feature = "native-v3"))]
#[test]
fn only_the_user_can_read_a_new_graph_also_after_changes() {
    for kind in ["native-v2", "native-v3"] {
        let fixture = Fixture::new();
        crate::fixture::program(&fixture.path(""))
            .args(["export", "-o", "runs.jsonl"])
            .assert()
            .success();
        fs::create_dir(fixture.path("graph")).expect("made");
        run(
            &fixture,
            &[
                "import",
                "--db",
                "graph/code.graph",
                "--create",
                kind,
                "runs.jsonl",
            ],
        );
        for arguments in [&["list"][..], &["prune", "--keep-last", "3", "--yes"]] {
            run(
                &fixture,
                &[arguments, &["--db", "graph/code.graph"]].concat(),
            );
            for name in names(&fixture.path("graph")) {
                let path = fixture.path("graph").join(&name);
                let expected = if path.is_dir() { 0o700 } else { 0o600 };
                assert_eq!(mode(&path), expected, "{kind}, {arguments:?}: {name}");
            }
        }
    }
}
