//! The command finds the right log, and opens it by its kind.

use crate::fixture::{Fixture, program, said};
use execlog::{ExecutionLog, Invocation};
use std::fs;
use std::path::Path;

/// The read-only commands.
const READING: [&[&str]; 6] = [
    &["list"],
    &["show"],
    &["stats"],
    &["tail"],
    &["export"],
    &["verify"],
];

fn make_log(path: &Path, command: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    ExecutionLog::new(path)
        .begin(Invocation::new([command]))
        .succeed();
}

/// The command of the newest run in the log that is found.
fn newest(folder: &Path, arguments: &[&str]) -> String {
    let mut program = program(folder);
    program
        .args(["list", "-n", "1", "--format", "{command}"])
        .args(arguments);
    let output = program.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

#[test]
fn the_log_is_chosen_by_option_then_environment_then_folder_then_home() {
    let home = tempfile::tempdir().expect("a folder");
    let deep = home.path().join("project/src/deep");
    fs::create_dir_all(&deep).expect("made");
    make_log(&home.path().join(".local/state/execlog/log.db"), "own");
    assert_eq!(newest_at(&deep, home.path(), &[], None), "own");
    make_log(&home.path().join("code.db"), "above");
    fs::write(home.path().join("project/notes.db"), "not a database").expect("written");
    fs::write(home.path().join("project/empty.db"), "").expect("written");
    assert_eq!(newest_at(&deep, home.path(), &[], None), "above");
    make_log(&home.path().join("project/.magellan/code.db"), "nearest");
    assert_eq!(newest_at(&deep, home.path(), &[], None), "nearest");
    let other = home.path().join("other.sqlite3");
    make_log(&other, "other");
    assert_eq!(newest_at(&deep, home.path(), &[], Some(&other)), "other");
    assert_eq!(
        newest_at(
            &deep,
            home.path(),
            &["--db", "../../../code.db"],
            Some(&other)
        ),
        "above"
    );
    assert_eq!(
        newest_at(&deep, home.path(), &[], Some(Path::new(""))),
        "nearest"
    );
}

fn newest_at(folder: &Path, home: &Path, arguments: &[&str], named: Option<&Path>) -> String {
    let mut program = program(folder);
    program.env("HOME", home);
    if let Some(named) = named {
        program.env("EXECLOG_DB", named);
    }
    program
        .args(["list", "-n", "1", "--format", "{command}"])
        .args(arguments);
    let output = program.output().expect("it runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

/// The exit code and standard error of the program in this folder, with this home.
fn refused(folder: &Path, home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut program = program(folder);
    let output = program.env("HOME", home).args(arguments).output();
    let output = output.expect("it runs");
    let said = String::from_utf8(output.stderr).expect("text");
    (output.status.code(), said)
}

#[test]
fn a_log_that_is_guessed_is_named_and_one_that_is_named_is_not() {
    let home = tempfile::tempdir().expect("a folder");
    let deep = home.path().join("project/src");
    fs::create_dir_all(&deep).expect("made");
    make_log(&home.path().join("project/code.db"), "found");
    let absolute = home.path().join("project/code.db").display().to_string();
    for arguments in READING {
        let (_, said) = refused(&home.path().join("project"), home.path(), arguments);
        assert_eq!(said.lines().next(), Some("reading `code.db`"), "{said}");
        let (_, said) = refused(&deep, home.path(), arguments);
        let expected = format!("reading `{absolute}`");
        assert_eq!(said.lines().next(), Some(&*expected), "{said}");
        assert_eq!(said.matches("reading `").count(), 1, "{said}");
        let named = [arguments, &["--db", &absolute]].concat();
        let (_, said) = refused(&deep, home.path(), &named);
        assert!(!said.contains("reading `"), "{said}");
    }
}

#[test]
fn several_logs_in_a_folder_are_listed_and_none_is_guessed() {
    let home = tempfile::tempdir().expect("a folder");
    make_log(&home.path().join("a.db"), "first");
    make_log(&home.path().join("b.db"), "second");
    make_log(&home.path().join(".magellan/c.sqlite"), "third");
    for arguments in READING {
        let (code, said) = refused(home.path(), home.path(), arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert_eq!(
            said,
            "error: this folder or one above has several logs: `.magellan/c.sqlite`, `a.db`, `b.db`; \
             name one, as with `--db .magellan/c.sqlite`\n"
        );
    }
    assert_eq!(newest(home.path(), &["--db", "b.db"]), "second");
}

/// The commands that change a log.
const CHANGING: [&[&str]; 5] = [
    &["prune", "--keep-last", "0", "--yes"],
    &["settle"],
    &["import", "runs.jsonl"],
    &["verify", "--repair"],
    &["verify", "--accept-loss"],
];

#[test]
fn a_command_that_changes_a_log_does_not_guess_which() {
    let home = tempfile::tempdir().expect("a folder");
    let project = home.path().join("project");
    make_log(&home.path().join(".local/state/execlog/log.db"), "own");
    make_log(&project.join("code.db"), "found");
    fs::write(project.join("runs.jsonl"), crate::fixture::RUNS).expect("written");
    for arguments in CHANGING {
        let before = fs::read(project.join("code.db")).expect("reads");
        let (code, said) = refused(&project, home.path(), arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert_eq!(
            said,
            "error: nothing was changed: name the log to change, as with `--db code.db`; found: \
             `code.db`\n"
        );
        assert!(fs::read(project.join("code.db")).expect("reads") == before);
        assert_eq!(newest_at(&project, home.path(), &[], None), "found");
    }
    make_log(&project.join("archive.db"), "older");
    let (code, said) = refused(&project, home.path(), CHANGING[0]);
    assert_eq!(code, Some(2));
    assert!(said.contains("found: `archive.db`, `code.db`"), "{said}");
}

#[test]
fn the_own_log_is_changed_unnamed_if_there_is_no_other() {
    let home = tempfile::tempdir().expect("a folder");
    let empty = home.path().join("empty");
    fs::create_dir(&empty).expect("made");
    fs::write(empty.join("runs.jsonl"), crate::fixture::RUNS).expect("written");
    let own = home.path().join(".local/state/execlog/log.db");
    for arguments in CHANGING {
        let (code, said) = refused(&empty, home.path(), arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.starts_with("error: no log was found"), "{said}");
        assert!(!own.exists());
    }
    make_log(&own, "own");
    for arguments in CHANGING {
        let (code, said) = refused(&empty, home.path(), arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
        let expected = format!("using your own log, `{}`\n", own.display());
        assert!(said.starts_with(&expected), "{said}");
    }
}

#[test]
fn commands_are_recorded_in_the_own_log_and_not_in_that_of_the_folder() {
    let home = tempfile::tempdir().expect("a folder");
    let project = home.path().join("project");
    make_log(&project.join("code.db"), "indexer");
    let (code, said) = refused(&project, home.path(), &["record", "--", "true"]);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert_eq!(newest(&project, &[]), "indexer");
    let own = home.path().join(".local/state/execlog/log.db");
    let own = own.display().to_string();
    assert_eq!(newest(&project, &["--db", &own]), "true");
    let (code, _) = refused(
        &project,
        home.path(),
        &["record", "--db", "code.db", "--", "true"],
    );
    assert_eq!(code, Some(0));
    assert_eq!(newest(&project, &[]), "true");
}

#[test]
fn reading_a_missing_log_creates_nothing_and_reports_it() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in READING {
        for named in [None, Some("missing.db")] {
            let mut program = program(folder.path());
            program.args(arguments);
            program.args(named.into_iter().flat_map(|file| ["--db", file]));
            let output = program.output().expect("it runs");
            assert_eq!(output.status.code(), Some(1), "{arguments:?}");
            assert!(output.stdout.is_empty());
            let said = String::from_utf8(output.stderr).expect("text");
            let expected = match named {
                Some(_) => "error: `missing.db` does not exist",
                None => "error: no log was found in this folder, in a folder above,",
            };
            assert!(said.starts_with(expected), "{said}");
        }
    }
    let left = fs::read_dir(folder.path()).expect("reads").count();
    assert_eq!(left, 0, "a file was created");
}

#[test]
fn files_that_are_not_logs_are_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("text"), "just a text").expect("written");
    fs::create_dir(folder.path().join("folder")).expect("made");
    fs::write(folder.path().join("empty.db"), "").expect("written");
    let said = ["text", "folder", "empty.db"].map(|file| {
        let arguments = ["list", "--db", file];
        said(program(folder.path()).args(arguments), &arguments)
    });
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_missing_engine_is_reported_with_its_feature() {
    let folder = tempfile::tempdir().expect("a folder");
    for (magic, feature) in [("SQLTGF\0\0", "native-v2"), ("SQLTGF\0\u{3}", "native-v3")] {
        let file = folder.path().join("code.graph");
        fs::write(&file, magic.to_owned() + &"\0".repeat(80)).expect("written");
        let output = program(folder.path())
            .args(["list", "--db", "code.graph"])
            .output();
        let said = String::from_utf8(output.expect("it runs").stderr).expect("text");
        let has_engine = match feature {
            "native-v2" => cfg!(feature = "native-v2"),
            _ => cfg!(feature = "native-v3"),
        };
        assert_eq!(
            said.contains(&format!("build with the feature `{feature}`")),
            !has_engine
        );
    }
}

#[test]
fn read_only_files_are_read() {
    let fixture = Fixture::new();
    let path = fixture.path("code.db");
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection
        .pragma_update(None, "journal_mode", "DELETE")
        .expect("set");
    drop(connection);
    let mut permissions = fs::metadata(&path).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).expect("set");
    let output = fixture
        .execlog(&["list", "--format", "{id}"])
        .output()
        .expect("it runs");
    let listed = String::from_utf8(output.stdout).expect("text");
    assert_eq!(listed.lines().count(), 13);
}

#[test]
fn a_locked_log_is_not_skipped() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("project");
    make_log(&folder.path().join("other.db"), "other");
    make_log(&project.join("code.db"), "right");
    let host = rusqlite::Connection::open(project.join("code.db")).expect("opens");
    host.pragma_update(None, "journal_mode", "DELETE")
        .expect("set");
    host.execute_batch("BEGIN EXCLUSIVE").expect("locked");
    let (code, said) = refused(&project, folder.path(), &["list"]);
    assert_eq!(code, Some(1));
    assert!(said.starts_with("reading `code.db`\n"), "{said}");
    assert!(
        said.contains("code.db` is locked by another process or thread"),
        "{said}"
    );
    let prune = ["prune", "--keep-last", "0", "--yes"];
    let (code, said) = refused(&project, folder.path(), &prune);
    assert_eq!(code, Some(2));
    assert!(said.contains("found: `code.db`"), "{said}");
    let other = ExecutionLog::read_only(folder.path().join("other.db"));
    assert_eq!(other.list_all(None).expect("reads").len(), 1);
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_logs_and_do_not_block() {
    let fixture = Fixture::new();
    fixture.make_pipe("pipe.db");
    assert_eq!(newest(&fixture.path(""), &[]), "watch");
    for file in ["pipe.db", "/dev/null"] {
        let output = fixture
            .execlog(&["list", "--db", file])
            .output()
            .expect("it runs");
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(
            said.contains("neither a SQLite database nor a native graph"),
            "{said}"
        );
        let record = ["record", "--db", file, "--", "echo", "done"];
        let output = fixture.execlog(&record).output().expect("it runs");
        assert_eq!(
            (output.status.code(), output.stdout),
            (Some(0), b"done\n".to_vec())
        );
    }
}

#[cfg(all(unix, feature = "native-v2", feature = "native-v3"))]
#[test]
fn a_graph_is_read_and_changed_through_a_link() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.path("links")).expect("made");
    for (name, kind) in [("two.graph", "native-v2"), ("three.graph", "native-v3")] {
        let link = format!("links/{name}");
        let import = ["import", "--db", name, "--create", kind, "code.db"];
        fixture.execlog(&import).assert().success();
        std::os::unix::fs::symlink(fixture.path(name), fixture.path(&link)).expect("linked");
        let count = |file: &str| {
            let list = ["list", "--db", file, "--format", "{id}"];
            let output = fixture.execlog(&list).output().expect("it runs");
            String::from_utf8(output.stdout)
                .expect("text")
                .lines()
                .count()
        };
        assert_eq!(count(&link), 13);
        let prune = ["prune", "--db", &link, "--outcome", "success", "--yes"];
        fixture.execlog(&prune).assert().success();
        assert_eq!((count(&link), count(name)), (6, 6));
    }
    let left = fs::read_dir(fixture.path("links")).expect("reads").count();
    assert_eq!(left, 2, "a file was created beside the links");
}

#[cfg(feature = "native-v2")]
#[test]
fn commands_are_recorded_in_the_own_log_instead_of_a_native_graph() {
    let fixture = Fixture::new();
    let project = fixture.path("project");
    fs::create_dir(&project).expect("made");
    let import = [
        "import",
        "--db",
        "project/code.graph",
        "--create",
        "native-v2",
        "code.db",
    ];
    fixture.execlog(&import).assert().success();
    fs::remove_file(fixture.path("code.db")).expect("removed");
    let mut record = program(&project);
    record.env("HOME", fixture.path(""));
    let output = record
        .args(["record", "--", "true"])
        .output()
        .expect("it runs");
    assert_eq!(String::from_utf8(output.stderr).expect("text"), "");
    let own = ExecutionLog::read_only(fixture.path(".local/state/execlog/log.db"));
    assert_eq!(own.list_all(None).expect("reads").len(), 1);
}

#[cfg(all(feature = "native-v2", feature = "native-v3"))]
#[test]
fn a_native_graph_is_not_changed_by_reading_or_while_a_run_goes_on() {
    let fixture = Fixture::new();
    for (name, kind) in [("two.graph", "native-v2"), ("three.graph", "native-v3")] {
        let folder = fixture.path(kind);
        fs::create_dir(&folder).expect("made");
        let file = format!("{kind}/{name}");
        let import = ["import", "--db", &file, "--create", kind, "code.db"];
        fixture.execlog(&import).assert().success();
        let locks = fixture.path(&format!("{file}.execlog"));
        fs::create_dir_all(&locks).expect("made");
        let live = fs::File::create(locks.join("live.lock")).expect("a lock");
        live.try_lock().expect("locked");

        let bytes = || {
            let files = fs::read_dir(&folder)
                .expect("reads")
                .map(|file| file.expect("a file").path());
            let files = files.filter(|file| file.is_file());
            let mut files: Vec<_> = files.map(|file| (fs::read(&file).ok(), file)).collect();
            files.sort();
            files
        };
        let before = bytes();
        for arguments in READING {
            let arguments = [arguments, &["--db", &file]].concat();
            fixture.execlog(&arguments).assert().success();
        }
        for arguments in [
            &["settle"][..],
            &["prune", "--keep-last", "0", "--yes"],
            &["verify", "--repair"],
        ] {
            let arguments = [arguments, &["--db", &file]].concat();
            let output = fixture.execlog(&arguments).output().expect("it runs");
            assert_eq!(output.status.code(), Some(1), "{arguments:?}");
            let said = String::from_utf8(output.stderr).expect("text");
            assert!(said.contains("is in use by run `01a20844-"), "{said}");
        }
        assert!(bytes() == before, "the graph was changed");
        drop(live);
        fixture
            .execlog(&["settle", "--db", &file])
            .assert()
            .success();
    }
}

#[cfg(unix)]
#[test]
fn a_log_in_a_folder_that_everybody_may_write_to_is_not_read_and_keeps_ones_own_from_being_changed()
{
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let shared = folder.path().join("shared");
    fs::create_dir(&shared).expect("made");
    let open = fs::Permissions::from_mode(0o777);
    fs::set_permissions(&shared, open).expect("set");
    let run = |arguments: &[&str]| {
        let mut command = program(&shared);
        command.env_remove("EXECLOG_DB").env("HOME", folder.path());
        command.env("XDG_STATE_HOME", folder.path().join("state"));
        let output = command.args(arguments).output().expect("it runs");
        let said = String::from_utf8(output.stderr).expect("text");
        (output.status.code(), said)
    };
    assert_eq!(run(&["record", "--", "true"]).0, Some(0));
    assert_eq!(run(&["record", "--db", "code.db", "--", "true"]).0, Some(0));
    let (code, said) = run(&["list"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("skipped `code.db`: everybody may write to the folder"),
        "{said}"
    );
    let (code, said) = run(&["prune", "--keep-last", "0", "--yes"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("found: `code.db`"), "{said}");
}
