//! Stored text cannot control the terminal, and programs can still read it exactly.

use crate::fixture::Fixture;
use crate::pty::Terminal;
use rusqlite::Connection;
use serde_json::Value;

/// Characters that control a terminal, reorder the text around them or are invisible: escape sequences, DEL,
/// C1 controls, bidirectional controls, zero-width characters, line separators and tags.
const HOSTILE: &str = "＝\u{1b}]0;title\u{7}\u{8}\u{1b}[2J\r\n\t\u{7f}\u{85}\u{9b}2J\u{ad}\u{61c}\
     \u{200b}\u{200d}\u{200e}\u{2028}\u{2029}\u{202e}\u{2066}\u{fe0f}\u{feff}\u{fff9}\u{e0041}\
     \u{e007f}";

/// A log in which every text field of every run is hostile.
fn hostile() -> Fixture {
    let fixture = Fixture::new();
    let connection = Connection::open(fixture.path("code.db")).expect("opens");
    let set = "UPDATE execution_log SET execution_id = execution_id || ?1, tool_version = ?1, \
         root = ?1, db_path = ?1, error_message = ?1, outcome = ?1, args = json_array('=' || ?1, ?1)";
    connection.execute(set, [HOSTILE]).expect("set");
    let set = "UPDATE execlog_context SET execution_id = execution_id || ?1, program = ?1, host = ?1, \
         user = ?1, working_directory = ?1, parent_execution_id = ?1, revision = ?1, branch = ?1";
    connection.execute(set, [HOSTILE]).expect("set");
    fixture
}

fn is_hostile(character: char) -> bool {
    HOSTILE.contains(character) && character != '＝' && !character.is_ascii_graphic()
}

/// Fails if a hostile character is in the text. Line ends are allowed.
fn assert_harmless(text: &str, arguments: &[&str]) {
    // A terminal adds a carriage return before each line feed. CSV already has one.
    let lines = text
        .replace("\r\r\n", "")
        .replace("\r\n", "")
        .replace('\n', "");
    let found = lines.find(|character: char| is_hostile(character) || character.is_control());
    assert_eq!(found, None, "{arguments:?}: {lines:?}");
}

/// Every command that shows stored text, in every format.
const SHOWING: &[&[&str]] = &[
    &["list"],
    &[
        "list",
        "--fields",
        "execution_id,outcome,root,error_message,host,branch",
    ],
    &["list", "--format", "json"],
    &["list", "--format", "jsonl"],
    &["list", "--format", "csv"],
    &["list", "--format", "{execution_id} {args} {root} {user}"],
    &["show"],
    &["show", "--format", "json"],
    &["show", "--format", "csv"],
    &["stats"],
    &["stats", "--by", "version"],
    &["stats", "--by", "version", "--format", "json"],
    &["stats", "--by", "host"],
    &["stats", "--by", "version", "--format", "csv"],
    &["tail"],
    &["tail", "--format", "csv"],
    &["export"],
    &["export", "--format", "otlp"],
    &["report", "--html", "-"],
    &["verify", "--secrets"],
    &["prune", "--keep-last", "1", "--dry-run"],
    &["show", "1"],
];

#[test]
fn no_command_controls_the_terminal_in_any_format() {
    let fixture = hostile();
    for pager in [&["--no-pager", "--color=never"][..], &["--color=never"]] {
        for arguments in SHOWING {
            let arguments = [arguments, pager].concat();
            let environment = [("PAGER", "sed ''")];
            let (seen, _) = Terminal::start(&fixture, &arguments, &environment).end();
            assert!(!seen.is_empty(), "{arguments:?}");
            assert_harmless(&seen, &arguments);
        }
    }
}

#[test]
fn tables_contain_no_escapes_except_colors() {
    let fixture = hostile();
    for command in [&["list"][..], &["show"], &["stats", "--by", "version"]] {
        let arguments = [command, &["--no-pager", "--color=always"]].concat();
        let (colored, _) = Terminal::start(&fixture, &arguments, &[]).end();
        let arguments = [command, &["--no-pager", "--color=never"]].concat();
        let (plain, _) = Terminal::start(&fixture, &arguments, &[]).end();
        let mut parts = colored.split("\u{1b}[");
        let mut without = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (style, text) = part.split_once('m').expect("a style");
            assert!(
                style.chars().all(|c| c.is_ascii_digit() || c == ';'),
                "{style:?}"
            );
            without.push_str(text);
        }
        assert_eq!(without, plain);
    }
}

#[test]
fn tail_follow_does_not_control_the_terminal() {
    let fixture = hostile();
    for format in ["table", "csv", "jsonl"] {
        let arguments = ["tail", "-f", "--color=never", "--format", format];
        let mut terminal = Terminal::start(&fixture, &arguments, &[]);
        terminal.see("01a20844");
        let log = fixture.log();
        let run = log.begin(execlog::Invocation::new(["late", HOSTILE]));
        terminal.see("late");
        run.succeed();
        terminal.see("late");
        terminal.press("\u{3}");
        let (seen, _) = terminal.end();
        assert_harmless(&seen.replace("^C", ""), &arguments);
    }
}

#[test]
fn messages_do_not_control_the_terminal() {
    let fixture = hostile();
    let name = "log\u{1b}[2J\u{9b}2J\u{202e}\u{200b}.db";
    std::fs::copy(fixture.path("code.db"), fixture.path(name)).expect("copied");
    let connection = Connection::open(fixture.path(name)).expect("opens");
    connection
        .execute_batch("UPDATE execution_log SET started_at = 'noon' WHERE id = 3")
        .expect("damaged");
    std::fs::write(fixture.path(&format!("no{name}")), "not a database").expect("written");
    for arguments in [
        &["--db", name, "list"][..],
        &["--db", name, "show", name],
        &["--db", name, "verify"],
        &["--db", name, "prune", "--keep-last", "1"],
        &["--db", name, "prune", "--keep-last", "1", "--yes"],
        &["--db", &format!("no{name}"), "list"],
        &["--db", &format!("no{name}"), "record", "--", "true"],
        &["--db", "new.db", "import", name],
        &["export", "-o", name],
    ] {
        let arguments = [arguments, &["--no-pager", "--color=never"][..]];
        // The arguments after `record --` belong to the recorded command.
        let arguments = if arguments[0].contains(&"record") {
            arguments[0].to_owned()
        } else {
            arguments.concat()
        };
        let mut terminal = Terminal::start(&fixture, &arguments, &[]);
        if arguments.contains(&"prune") && !arguments.contains(&"--yes") {
            terminal.see("[y/N]");
            terminal.press("n\r");
        }
        let (seen, _) = terminal.end();
        assert!(!seen.is_empty(), "{arguments:?}");
        // The progress bar of an import moves the cursor.
        let seen = seen.replace("\r\u{1b}[2K", "");
        assert_harmless(&seen, &arguments);
    }
}

#[test]
fn text_for_people_is_escaped_in_a_pipe_too() {
    let fixture = hostile();
    for arguments in SHOWING {
        if arguments.contains(&"csv") {
            continue;
        }
        let output = fixture.execlog(arguments).output().expect("it runs");
        let bytes = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(bytes).expect("text");
        assert_harmless(&text, arguments);
    }
}

/// Checks that a program that reads JSON gets the exact text.
fn assert_whole(run: &Value) {
    for name in [
        "tool_version",
        "root",
        "db_path",
        "error_message",
        "host",
        "branch",
    ] {
        assert_eq!(run[name], HOSTILE, "{name}");
    }
    assert_eq!(run["args"][0], format!("={HOSTILE}"));
    assert_eq!(run["args"][1], HOSTILE);
}

#[test]
fn json_is_lossless_on_a_terminal_and_in_a_pipe() {
    let fixture = hostile();
    let list = ["--no-pager", "list", "--format", "json"];
    let (seen, _) = Terminal::start(&fixture, &list, &[]).end();
    let piped = fixture.execlog(&list).output().expect("it runs").stdout;
    for json in [seen, String::from_utf8(piped).expect("text")] {
        let runs: Vec<Value> = serde_json::from_str(&json).expect("JSON");
        assert_eq!(runs.len(), 13);
        assert_whole(&runs[0]);
    }
}

#[test]
fn exports_are_lossless_on_a_terminal_and_in_a_pipe() {
    let fixture = hostile();
    let export = ["export", "-n", "1"];
    let (seen, _) = Terminal::start(&fixture, &export, &[]).end();
    let piped = fixture.execlog(&export).output().expect("it runs").stdout;
    for line in [seen, String::from_utf8(piped).expect("text")] {
        let run: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(run["record"]["root"], HOSTILE);
        assert_eq!(run["context"]["host"], HOSTILE);
    }
}

#[test]
fn csv_is_lossless_in_a_pipe_and_valid_on_a_terminal() {
    let fixture = hostile();
    let rows = |csv: &[u8]| {
        let mut rows = csv::Reader::from_reader(csv);
        let names = rows.headers().expect("names").clone();
        let rows = rows.into_records().map(|row| row.expect("a row"));
        let rows: Vec<Vec<(String, String)>> = rows
            .map(|row| {
                names
                    .iter()
                    .map(str::to_owned)
                    .zip(row.iter().map(str::to_owned))
                    .collect()
            })
            .collect();
        rows
    };
    let list = ["--no-pager", "list", "--format", "csv"];
    let piped = fixture.execlog(&list).output().expect("it runs").stdout;
    let piped = rows(&piped);
    assert_eq!(piped.len(), 13);
    let cell = |name: &str| {
        let cell = piped[0].iter().find(|(header, _)| header == name);
        cell.expect("a column").1.clone()
    };
    for name in [
        "tool_version",
        "root",
        "db_path",
        "error_message",
        "host",
        "branch",
    ] {
        assert_eq!(cell(name), format!("'{HOSTILE}"), "{name}");
    }
    let args: Vec<String> = serde_json::from_str(&cell("args")).expect("JSON");
    assert_eq!(args, [format!("={HOSTILE}"), HOSTILE.to_owned()]);

    let (seen, _) = Terminal::start(&fixture, &list, &[]).end();
    let seen = rows(seen.replace("\r\r\n", "\r\n").as_bytes());
    let escape = |text: &str| {
        let escape = |character: char| match character {
            character if is_hostile(character) => character.escape_default().to_string(),
            character => character.to_string(),
        };
        text.chars().map(escape).collect::<String>()
    };
    let escaped = piped.into_iter().map(|row| {
        let row = row.into_iter();
        row.map(|(name, cell)| (name, escape(&cell)))
            .collect::<Vec<_>>()
    });
    assert_eq!(seen, escaped.collect::<Vec<_>>());
}
