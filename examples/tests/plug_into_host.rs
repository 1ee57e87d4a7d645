//! A host gives its user the same, whatever becomes of its log.
#![cfg(unix)]

mod bounded;

use bounded::output;
use execlog::rusqlite::Connection;
use execlog::{ExecutionLog, Status};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const HOST: &str = env!("CARGO_BIN_EXE_plug_into_host");

/// A folder with something to count in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("texts")).expect("made");
    fs::write(folder.path().join("texts/a"), "one\ntwo\n").expect("written");
    fs::write(folder.path().join("texts/b"), "three\n").expect("written");
    folder
}

/// A host that counts what is there, and one that fails.
fn hosts(folder: &Path, db: &Path, run: impl Fn(&mut Command) -> Output) -> [Output; 2] {
    ["texts", "missing"].map(|dir| {
        let mut command = Command::new(HOST);
        command.current_dir(folder).args([dir, "--db"]).arg(db);
        run(&mut command)
    })
}

/// Checks that both hosts gave what they give without a log, but for a line of warning each, and
/// counts those.
fn undisturbed([counted, failed]: &[Output; 2]) -> usize {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    let check = |output: &Output, code: i32, stdout: &str, stderr: &str| {
        let said = text(&output.stderr);
        let (warned, own): (Vec<&str>, Vec<&str>) = said
            .split_inclusive('\n')
            .partition(|line| line.contains("WARN"));
        assert_eq!(text(&output.stdout), stdout, "{said}");
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert_eq!(own.concat(), stderr);
        assert!(warned.len() <= 1, "{said}");
        warned.len()
    };
    let missing = "error: cannot read `missing`: No such file or directory (os error 2)\n";
    check(counted, 0, "3 lines\n", "") + check(failed, 1, "", missing)
}

#[test]
fn runs_are_recorded() {
    let folder = folder();
    let db = folder.path().join("log.db");
    assert_eq!(undisturbed(&hosts(folder.path(), &db, output)), 0);
    let runs: Vec<_> = ExecutionLog::new(&db)
        .runs()
        .into_iter()
        .map(|run| run.expect("reads"))
        .collect();
    assert_eq!(runs.len(), 2);
    assert_eq!(
        runs[0].record.error_message.as_deref(),
        Some("No such file or directory (os error 2)")
    );
    assert_eq!(
        (runs[1].status(), runs[1].record.files_indexed),
        (Status::Success, 2)
    );
    assert_eq!(
        runs[1].record.db_path,
        db.canonicalize().expect("is there").to_string_lossy()
    );
}

#[test]
fn a_file_that_is_no_database() {
    let folder = folder();
    let db = folder.path().join("notes");
    let notes = "precious notes ".repeat(100);
    fs::write(&db, &notes).expect("written");
    assert_eq!(undisturbed(&hosts(folder.path(), &db, output)), 2);
    assert_eq!(fs::read_to_string(&db).expect("reads"), notes);
}

#[test]
fn a_folder_that_is_not_there() {
    let folder = folder();
    let db = folder.path().join("no/such/folder/log.db");
    assert_eq!(undisturbed(&hosts(folder.path(), &db, output)), 2);
}

/// A user who is not allowed to write: root is, so there it takes a file system mounted to be read.
#[test]
fn a_folder_that_is_read_only() {
    let folder = folder();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).expect("made");
    let db = closed.join("log.db");
    let mount = "mount --bind closed closed && mount -o remount,bind,ro closed";
    if let Some(run) = with_mount(folder.path(), mount) {
        assert_eq!(undisturbed(&hosts(folder.path(), &db, &run)), 2);
        hosts(folder.path(), &db, output);
        let before = fs::read(&db).expect("the log");
        assert_eq!(undisturbed(&hosts(folder.path(), &db, &run)), 2);
        assert_eq!(fs::read(&db).expect("the log"), before);
    }
}

/// Every size of disk, from one that has no room for a page to one that has room for the log.
#[test]
fn a_disk_that_is_full() {
    let folder = folder();
    fs::create_dir(folder.path().join("small")).expect("made");
    let db = folder.path().join("small/log.db");
    let mut warnings = 0;
    for pages in 1..40 {
        let mount = format!("mount -t tmpfs -o size={}k tmpfs small", 4 * pages);
        let Some(run) = with_mount(folder.path(), &mount) else {
            return;
        };
        warnings += undisturbed(&hosts(folder.path(), &db, run));
    }
    assert!(warnings > 40, "{warnings} of them found no room");
}

/// Every size of file that the system lets the host write, so that each write fails in turn.
#[test]
fn a_file_that_may_not_grow() {
    let folder = folder();
    for blocks in 0.. {
        let db = folder.path().join(format!("log-{blocks}.db"));
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let limited =
            |command: &mut Command| output(&mut started_by(command, &["sh", "-c", &limit, "sh"]));
        if undisturbed(&hosts(folder.path(), &db, limited)) == 0 {
            assert!(blocks > 20, "{blocks} sizes were too small");
            return;
        }
    }
}

#[test]
fn a_log_that_is_locked_for_longer_than_the_timeout() {
    let folder = folder();
    let db = folder.path().join("log.db");
    let other = Connection::open(&db).expect("opens");
    other
        .execute_batch("CREATE TABLE host (a); BEGIN EXCLUSIVE")
        .expect("locked");
    let runs = std::thread::scope(|scope| {
        let spawn = |dir: &'static str| {
            let (folder, db) = (folder.path(), &db);
            scope.spawn(move || {
                output(
                    Command::new(HOST)
                        .current_dir(folder)
                        .args([dir, "--db"])
                        .arg(db),
                )
            })
        };
        [spawn("texts"), spawn("missing")].map(|host| host.join().expect("it ends"))
    });
    assert_eq!(undisturbed(&runs), 2);
}

/// The same command, started by another.
fn started_by(command: &Command, starter: &[&str]) -> Command {
    let mut wrapped = Command::new(starter[0]);
    wrapped
        .args(&starter[1..])
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    wrapped
}

/// How a command is run with something mounted for it alone, if this machine lets us.
fn with_mount(folder: &Path, mount: &str) -> Option<impl Fn(&mut Command) -> Output> {
    const WAYS: [&[&str]; 2] = [
        &["unshare", "--mount"],
        &["unshare", "--user", "--map-root-user", "--mount"],
    ];
    let script = format!("{mount} && exec \"$@\"");
    let shell = ["sh", "-c", &script, "sh"].map(str::to_owned);
    let started = move |way: &[&str], command: &Command| {
        let shell = shell.iter().map(String::as_str);
        let starter: Vec<&str> = way.iter().copied().chain(shell).collect();
        output(&mut started_by(command, &starter))
    };
    let mut nothing = Command::new("true");
    nothing.current_dir(folder);
    let mut unshare = Command::new("sh");
    unshare.args(["-c", "command -v unshare"]);
    let has_unshare = output(&mut unshare).status.success();
    let way = WAYS
        .into_iter()
        .find(|way| has_unshare && started(way, &nothing).status.success());
    if way.is_none() {
        eprintln!("left out: this machine does not let the test run `{mount}`");
    }
    way.map(|way| move |command: &mut Command| started(way, command))
}
