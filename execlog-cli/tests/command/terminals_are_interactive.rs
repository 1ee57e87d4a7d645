//! On a terminal the command has colors, a pager, questions and Ctrl-C.

use crate::fixture::{Fixture, WORK};
use crate::pty::Terminal;

const GREEN: &str = "\u{1b}[32msuccess";

#[test]
fn statuses_are_colored_on_a_terminal_unless_turned_off() {
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
    assert!(!piped.contains(&0x1b), "a pipe gets no colors");
    let piped = fixture
        .execlog(&["list", "--color", "always"])
        .output()
        .expect("it runs")
        .stdout;
    assert!(
        String::from_utf8_lossy(&piped).contains(GREEN),
        "only with --color always"
    );
}

#[test]
fn tables_are_as_wide_as_the_terminal() {
    let fixture = Fixture::new();
    let (seen, _) = Terminal::start(&fixture, &["--no-pager", "--color=never", "list"], &[]).end();
    let longest = seen
        .lines()
        .map(|line| line.trim_end().chars().count())
        .max();
    assert!(longest <= Some(90) && longest >= Some(80), "{longest:?}");
}

#[test]
fn lists_go_through_the_pager_that_the_environment_names() {
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
fn tail_follow_goes_on_until_it_is_interrupted() {
    let fixture = Fixture::new();
    let mut terminal = Terminal::start(&fixture, &["tail", "-f", "--color=never"], &[]);
    terminal.see("running");
    let log = fixture.log();
    let run = log.begin(execlog::Invocation::new(["followed"]));
    let began = terminal.see_line("followed");
    assert!(began.contains("running"), "{began:?}");
    run.succeed();
    let ended = terminal.see_line("followed");
    assert!(ended.contains("success"), "{ended:?}");
    terminal.press("\u{3}");
    let (_, code) = terminal.end();
    assert_ne!(code, 0, "it was interrupted");
}

#[test]
fn ctrl_c_interrupts_the_recorded_command_and_its_failure_is_recorded() {
    let fixture = Fixture::new();
    let script = format!("trap 'echo interrupted; exit 9' INT; echo ready; {WORK}");
    let mut terminal = Terminal::start(&fixture, &["record", "--", "sh", "-c", &script], &[]);
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
        Some("exited with code 9")
    );
}

#[test]
fn prune_asks_before_it_removes_runs() {
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
