//! The copies from which native graphs are read are private, and removed however the program ends.

use crate::bounded::{self, poll};
use crate::default_signals;
use crate::fixture::{Fixture, program};
use signal_hook::consts::{SIGHUP, SIGINT, SIGKILL, SIGTERM};
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

const GRAPHS: [(&str, &str); 2] = [("two.graph", "native-v2"), ("three.graph", "native-v3")];

/// The runs of the fixture in a native graph, and an empty folder for copies.
fn fixture(graph: &str, kind: &str) -> Fixture {
    let fixture = Fixture::new();
    let import = ["import", "--db", graph, "--create", kind, "code.db"];
    fixture.execlog(&import).assert().success();
    fs::create_dir(fixture.path("copies")).expect("made");
    fixture
}

fn execlog(fixture: &Fixture, arguments: &[&str]) -> assert_cmd::Command {
    let mut command = fixture.execlog(arguments);
    command.env("TMPDIR", fixture.path("copies"));
    command
}

fn copies(fixture: &Fixture) -> Vec<PathBuf> {
    let copies = fs::read_dir(fixture.path("copies")).expect("reads");
    copies.map(|copy| copy.expect("a copy").path()).collect()
}

/// A process that follows the log in a graph, and the copy that it reads.
struct Follower {
    child: Child,
    copy: PathBuf,
}

impl Follower {
    /// Starts a shell script in which the program is `"$0"`.
    fn start(fixture: &Fixture, graph: &str, script: &str) -> Self {
        default_signals::reset();
        let before = copies(fixture);
        let execlog = program(Path::new("/")).get_program().to_owned();
        let child = Command::new("sh")
            .args(["-c", script])
            .arg(execlog)
            .args(["tail", "--follow", "--db", graph])
            .current_dir(fixture.path(""))
            .env("TMPDIR", fixture.path("copies"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let copy = poll(|| {
            let mut copies = copies(fixture).into_iter();
            copies.find(|copy| !before.contains(copy) && copy.join(graph).exists())
        })
        .expect("a copy in time");
        let child = child.expect("it starts");
        Self { child, copy }
    }

    fn signal(&self, signal: i32) {
        let mut kill = Command::new("kill");
        kill.args([format!("-{signal}"), self.child.id().to_string()]);
        assert!(kill.status().expect("kill runs").success());
    }

    fn end(mut self) -> ExitStatus {
        bounded::status(&mut self.child)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn only_the_user_can_read_a_copy() {
    for (graph, kind) in GRAPHS {
        let fixture = fixture(graph, kind);
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        let from = fixture.path(graph);
        fs::set_permissions(&from, fs::Permissions::from_mode(0o644)).expect("set");
        let follower = Follower::start(&fixture, graph, "umask 022; exec \"$0\" \"$@\"");
        assert_eq!(mode(&follower.copy), 0o700, "{kind}");
        assert_eq!(mode(&follower.copy.join(graph)), 0o600, "{kind}");
    }
}

#[test]
fn a_signal_removes_the_copy_and_ends_the_program() {
    for (graph, kind) in GRAPHS {
        let fixture = fixture(graph, kind);
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            let follower = Follower::start(&fixture, graph, "exec \"$0\" \"$@\"");
            follower.signal(signal);
            assert_eq!(follower.end().signal(), Some(signal), "{kind}");
            assert!(copies(&fixture).is_empty(), "{kind}: {signal}");
        }
    }
}

#[test]
fn ignored_signals_stay_ignored() {
    let (graph, kind) = GRAPHS[0];
    let fixture = fixture(graph, kind);
    let script = "trap '' HUP INT; exec \"$0\" \"$@\"";
    let follower = Follower::start(&fixture, graph, script);
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        follower.signal(signal);
    }
    assert_eq!(follower.end().signal(), Some(SIGTERM));
    assert!(copies(&fixture).is_empty());
}

#[test]
fn the_next_process_removes_the_copies_of_killed_ones_only() {
    let (graph, kind) = GRAPHS[1];
    let fixture = fixture(graph, kind);
    let live = Follower::start(&fixture, graph, "exec \"$0\" \"$@\"");
    let killed = Follower::start(&fixture, graph, "exec \"$0\" \"$@\"");
    let left = killed.copy.clone();
    // A folder without a lock file is not a copy, even if its name looks like one.
    fs::create_dir(fixture.path("copies/execlog-copy-notes")).expect("made");
    killed.signal(SIGKILL);
    assert_eq!(killed.end().signal(), Some(SIGKILL));
    assert!(left.exists());
    execlog(&fixture, &["list", "--db", graph])
        .assert()
        .success();
    let mut expected = vec![live.copy.clone(), fixture.path("copies/execlog-copy-notes")];
    expected.sort();
    let mut copies = copies(&fixture);
    copies.sort();
    assert_eq!(copies, expected);
}

#[test]
fn holes_of_sparse_files_are_not_copied() {
    for (graph, kind) in GRAPHS {
        let fixture = fixture(graph, kind);
        let file = File::options().write(true).open(fixture.path(graph));
        if let Err(error) = file.expect("opens").set_len(1 << 40) {
            eprintln!("skipped: this file system cannot have such a file: {error}");
            return;
        }
        let output = execlog(&fixture, &["list", "--db", graph, "--format", "{id}"])
            .env("EXECLOG_COPY_LIMIT", "1M")
            .output()
            .expect("it runs");
        let listed = String::from_utf8(output.stdout).expect("text");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(listed.lines().count(), 13, "{kind}: {said}");
    }
}

#[test]
fn graphs_above_the_limit_are_not_copied() {
    for (graph, kind) in GRAPHS {
        let fixture = fixture(graph, kind);
        for (limit, code) in [("16", 1), ("1K", 1), ("1M", 0), ("", 0), ("much", 2)] {
            let output = execlog(&fixture, &["list", "--db", graph])
                .env("EXECLOG_COPY_LIMIT", limit)
                .output()
                .expect("it runs");
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{kind}: {limit}: {said}");
            assert_eq!(said.contains("EXECLOG_COPY_LIMIT"), code != 0, "{said}");
            assert!(copies(&fixture).is_empty(), "{kind}: {limit}");
        }
        // The engine would read the holes of this file into memory.
        let beside = match kind {
            "native-v2" => "two.wal",
            _ => "three.v3checkpoint",
        };
        let file = File::options().write(true).open(fixture.path(beside));
        file.expect("opens").set_len(8 << 30).expect("it has holes");
        let output = execlog(&fixture, &["list", "--db", graph])
            .output()
            .expect("it runs");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn a_pipe_beside_a_graph_is_not_opened() {
    let (graph, kind) = GRAPHS[1];
    let fixture = fixture(graph, kind);
    let pipe = fixture.path("three.v3wal");
    let made = Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .expect("mkfifo runs");
    assert!(made.success());
    execlog(&fixture, &["list", "--db", graph])
        .assert()
        .success();
}

/// The pager handles Ctrl-C, and may go on.
#[test]
fn ctrl_c_in_the_pager_does_not_end_the_program() {
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    use std::io::Read;

    let (graph, kind) = GRAPHS[0];
    let fixture = fixture(graph, kind);
    let terminal = native_pty_system().openpty(PtySize::default());
    let terminal = terminal.expect("a terminal");
    let plain = program(&fixture.path(""));
    let mut command = CommandBuilder::new(plain.get_program());
    command.args(["list", "--db", graph, "--format", "{id}"]);
    command.cwd(fixture.path(""));
    command.env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("TMPDIR", fixture.path("copies"));
    command.env("PAGER", "kill -INT $PPID; cat");
    let mut child = terminal.slave.spawn_command(command).expect("it starts");
    drop(terminal.slave);
    let mut reader = terminal.master.try_clone_reader().expect("a reader");
    let shown = std::thread::spawn(move || {
        let mut shown = Vec::new();
        let _ = reader.read_to_end(&mut shown);
        String::from_utf8_lossy(&shown).into_owned()
    });
    let status = poll(|| child.try_wait().expect("it is a child")).expect("it ends in time");
    assert!(status.success(), "{status:?}");
    drop(terminal.master);
    assert_eq!(shown.join().expect("reads").lines().count(), 13);
    assert!(copies(&fixture).is_empty());
}
