//! What is seen on a terminal.

use crate::fixture::{Fixture, NOW};
use portable_pty::{Child, CommandBuilder, PtyPair, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long to wait for something to be seen, on a machine that does a lot else.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program on a terminal of its own.
struct Terminal {
    _pair: PtyPair,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    fn start(fixture: &Fixture, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 24,
            cols: 90,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_execlog"));
        command.args(arguments);
        command.cwd(fixture.path(""));
        for name in [
            "NO_COLOR",
            "EXECLOG_PAGER",
            "COLUMNS",
            "EXECLOG_DB",
            "CLICOLOR_FORCE",
        ] {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        command.env("EXECLOG_NOW", NOW);
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("it starts");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let keys = pair.master.take_writer().expect("a writer");
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            _pair: pair,
            child,
            keys,
            output,
            seen: String::new(),
        }
    }

    /// Waits until this is seen.
    fn see(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.seen.contains(text) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(error) => panic!("`{text}` is not seen in {:?}: {error}", self.seen),
            }
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("written");
        self.keys.flush().expect("flushed");
    }

    /// Waits until it ends, and gives all that was seen and the exit code.
    fn end(mut self) -> (String, u32) {
        let status = self.child.wait().expect("it ends");
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(200)) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        (self.seen, status.exit_code())
    }
}

const GREEN: &str = "\u{1b}[32msuccess";

#[test]
fn statuses_have_colours_on_a_terminal_unless_it_is_asked_for_none() {
    let fixture = Fixture::new();
    let list = ["--no-pager", "list"];
    let seen = |arguments: &[&str], environment: &[(&str, &str)]| {
        let (seen, code) = Terminal::start(&fixture, arguments, environment).end();
        assert_eq!(code, 0, "{seen}");
        seen
    };
    assert!(seen(&list, &[]).contains(GREEN));
    assert!(
        seen(
            &["--no-pager", "list", "--color", "always"],
            &[("NO_COLOR", "1")]
        )
        .contains(GREEN)
    );
    for (arguments, environment) in [
        (&list[..], &[("NO_COLOR", "1")][..]),
        (&["--no-pager", "list", "--color", "never"], &[]),
        (&["--no-pager", "list", "--format", "csv"], &[]),
    ] {
        let seen = seen(arguments, environment);
        assert!(
            !seen.contains('\u{1b}') && seen.contains("success"),
            "{seen:?}"
        );
    }
    let piped = fixture.execlog(&["list"]).output().expect("it runs").stdout;
    assert!(!piped.contains(&0x1b), "not into a pipe");
    let piped = fixture
        .execlog(&["list", "--color", "always"])
        .output()
        .expect("it runs")
        .stdout;
    assert!(
        String::from_utf8_lossy(&piped).contains(GREEN),
        "but if it is asked for"
    );
}

#[test]
fn a_line_is_as_wide_as_the_terminal() {
    let fixture = Fixture::new();
    let (seen, _) = Terminal::start(&fixture, &["--no-pager", "--color=never", "list"], &[]).end();
    let longest = seen
        .lines()
        .map(|line| line.trim_end().chars().count())
        .max();
    assert!(longest <= Some(90) && longest >= Some(80), "{longest:?}");
}

#[test]
fn a_list_goes_through_the_pager_that_is_named() {
    let fixture = Fixture::new();
    let pager = ("PAGER", "sed 's/^/paged: /'");
    let (seen, _) = Terminal::start(&fixture, &["list"], &[pager]).end();
    assert!(
        seen.lines().all(|line| line.starts_with("paged: ")),
        "{seen}"
    );
    assert!(seen.contains(GREEN), "with colours");
    let (seen, _) = Terminal::start(&fixture, &["list", "--no-pager"], &[pager]).end();
    assert!(!seen.contains("paged: "));
    for none in ["cat", "", "no-such-pager"] {
        let own = ("EXECLOG_PAGER", none);
        let (seen, code) = Terminal::start(&fixture, &["list"], &[pager, own]).end();
        assert!(
            !seen.contains("paged: ") && seen.contains("success"),
            "{none}: {seen}"
        );
        assert_eq!(code, 0);
    }
    let (seen, code) = Terminal::start(&fixture, &["list"], &[("PAGER", "head -n 1")]).end();
    assert_eq!((seen.lines().count(), code), (1, 0), "{seen}");
}

#[test]
fn what_is_followed_goes_on_until_it_is_interrupted() {
    let fixture = Fixture::new();
    let mut terminal = Terminal::start(&fixture, &["tail", "-f", "--color=never"], &[]);
    terminal.see("running");
    let log = fixture.log();
    let run = log.begin(execlog::Invocation::new(["followed"]));
    terminal.see("followed");
    assert!(
        terminal
            .seen
            .lines()
            .any(|line| line.contains("running") && line.contains("followed")),
        "{:?}",
        terminal.seen
    );
    let shown = terminal.seen.len();
    run.succeed();
    while !terminal.seen[shown..].contains("followed") {
        let more = terminal
            .output
            .recv_timeout(PATIENCE)
            .expect("the end is shown");
        terminal.seen.push_str(&String::from_utf8_lossy(&more));
    }
    let ended = terminal.seen[shown..]
        .lines()
        .find(|line| line.contains("followed"));
    assert!(
        ended.is_some_and(|line| line.contains("success")),
        "{ended:?}"
    );
    terminal.press("\u{3}");
    let (_, code) = terminal.end();
    assert_ne!(code, 0, "it was interrupted");
}

#[test]
fn ctrl_c_interrupts_the_command_that_is_recorded_and_that_is_recorded() {
    let fixture = Fixture::new();
    let script = "trap 'echo interrupted; exit 9' INT; echo ready; while :; do sleep 0.02; done";
    let mut terminal = Terminal::start(&fixture, &["record", "--", "sh", "-c", script], &[]);
    terminal.see("ready");
    terminal.press("\u{3}");
    let (seen, code) = terminal.end();
    assert_eq!(code, 9, "{seen}");
    assert_eq!(seen.matches("interrupted").count(), 1, "{seen}");
    let newest = fixture
        .log()
        .runs()
        .command("sh")
        .limit(1)
        .into_iter()
        .next();
    let newest = newest.expect("a run").expect("it reads");
    assert_eq!(
        newest.record.error_message.as_deref(),
        Some("it ended with exit code 9")
    );
}

#[test]
fn pruning_asks() {
    for (keys, left) in [("n\r", 13), ("\u{4}", 13), ("y\r", 11)] {
        let fixture = Fixture::new();
        let arguments = ["prune", "--until", "8d", "--outcome", "success"];
        let mut terminal = Terminal::start(&fixture, &arguments, &[]);
        terminal.see("Remove them from `code.db`? [y/N]");
        terminal.press(keys);
        assert_eq!(terminal.end().1, 0);
        let runs = fixture.log().list_all(None).expect("reads").len();
        assert_eq!(runs, left, "{keys:?}");
    }
}
