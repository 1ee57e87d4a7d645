//! Views, filters, error messages, help, completions and manual pages, as snapshots to review.

use crate::fixture::Fixture;
use insta::assert_snapshot;

/// The output of these commands, one after the other.
fn all(fixture: &Fixture, columns: u16, commands: &[&[&str]]) -> String {
    let said = commands
        .iter()
        .map(|command| fixture.said_at(columns, command));
    said.collect::<Vec<_>>().join("\n")
}

const LISTS: &[&[&str]] = &[
    &["list"],
    &["list", "--utc"],
    &["list", "--iso", "-n", "3"],
    &["list", "--reverse", "-n", "3"],
    &["list", "--fields", "execution_id,status,exit_code,note"],
    &["tail", "-n", "4"],
];

#[test]
fn a_list_fits_the_screen() {
    let fixture = Fixture::new();
    assert_snapshot!("lists_80", all(&fixture, 80, LISTS));
    assert_snapshot!("lists_200", all(&fixture, 200, LISTS));
    for columns in [10, 40, 80, 119, 120, 200] {
        let output = fixture
            .execlog(&["list"])
            .env("COLUMNS", columns.to_string())
            .output();
        let listed = String::from_utf8(output.expect("it runs").stdout).expect("text");
        assert_eq!(listed.lines().count(), 14, "{columns}: a line for each run");
    }
}

const SHOWN: &[&[&str]] = &[
    &["show"],
    &["show", "latest", "--iso"],
    &["show", "019"],
    &["show", "6b04"],
    &["show", "nothing"],
    &["show", "#4"],
    &["show", "#99"],
    &["show", "--format", "json"],
    &["show", "--fields", "status,root"],
];

#[test]
fn show_has_every_field() {
    let fixture = Fixture::new();
    assert_snapshot!("show_80", all(&fixture, 80, SHOWN));
    assert_snapshot!("show_200", all(&fixture, 200, SHOWN));
}

#[test]
fn every_filter_selects_the_right_runs() {
    let fixture = Fixture::new();
    let filters: &[&[&str]] = &[
        &["--outcome", "success,crashed"],
        &["--outcome", "running"],
        &["--outcome", "unknown"],
        &["--failed"],
        &["--since", "2026-11-20"],
        &["--since", "yesterday", "--until", "today"],
        &["--until", "7d"],
        &["--since", "3h"],
        &["--command", "status", "--command", "watch"],
        &["--text", "WÖRTER"],
        &["--text", "permission"],
        &["--root", "/src/code/", "--failed"],
        &["--tool-version", "4.16.0", "-n", "2"],
        &["--min-duration", "1.6s"],
        &["--failed", "--reverse"],
    ];
    let mut said = Vec::new();
    for filter in filters {
        let of = |command: &str| {
            let template = ["--format", "{id} {status} {args}"];
            let arguments = [&[command], *filter, &template].concat();
            fixture.said(&arguments)
        };
        said.push(of("list"));
    }
    assert_snapshot!(said.join("\n"));
}

#[test]
fn a_filter_selects_the_same_runs_in_every_command() {
    let fixture = Fixture::new();
    let filters: &[&[&str]] = &[
        &["--failed"],
        &["--command", "index", "--min-duration", "1s"],
        &["--since", "3d", "-n", "4"],
        &["--text", "code", "--reverse"],
        &["--tool-version", "4.17.0", "--outcome", "success"],
        &["--branch", "main", "--exit-code", "0"],
    ];
    for filter in filters {
        let numbers = |command: &[&str], id: fn(&str) -> Option<u64>| {
            let output = fixture.execlog(&[command, *filter].concat()).output();
            let output = String::from_utf8(output.expect("it runs").stdout).expect("text");
            let mut numbers: Vec<u64> = output.lines().filter_map(id).collect();
            numbers.sort_unstable();
            numbers
        };
        let alone = |line: &str| line.parse().ok();
        let listed = numbers(&["list", "--format", "{id}"], alone);
        assert!(!listed.is_empty(), "{filter:?}");
        let tail = if filter.contains(&"-n") {
            &["tail", "--format", "{id}"][..]
        } else {
            &["tail", "-n", "100", "--format", "{id}"]
        };
        assert_eq!(listed, numbers(tail, alone), "{filter:?}");
        let exported = numbers(&["export"], |line| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            line["record"]["id"].as_u64()
        });
        assert_eq!(listed, exported, "{filter:?}");
        let counted = numbers(&["stats", "--format", "json"], |line| {
            let runs = line.strip_prefix("  \"runs\": ")?;
            runs.trim_end_matches(',').parse().ok()
        });
        assert_eq!(counted, [listed.len() as u64], "{filter:?}");
        let ended = numbers(&["list", "--format", "{id} {outcome}"], |line| {
            let (id, outcome) = line.split_once(' ')?;
            id.parse().ok().filter(|_| outcome != "running")
        });
        let would_be_removed = numbers(&["prune", "--dry-run"], |line| {
            let (runs, _) = line.split_once(" would be removed")?;
            runs.split(' ').next()?.parse().ok()
        });
        assert_eq!(would_be_removed, [ended.len() as u64], "{filter:?}");
    }
}

#[test]
fn invalid_arguments_are_explained() {
    let fixture = Fixture::new();
    let wrong: &[&[&str]] = &[
        &["list", "--since", "soon"],
        &["list", "--min-duration", "5"],
        &["list", "--outcome", "good"],
        &["list", "--format", "yaml"],
        &["list", "--format", "{nothing}"],
        &["list", "--format", "{id"],
        &["list", "--fields", "nothing"],
        &["stats", "--fail-on-regression", "much"],
        &["prune"],
        &["record"],
        &["nothing"],
    ];
    assert_snapshot!(all(&fixture, 80, wrong));
}

/// Commands that change the log come last.
const OTHERS: &[&[&str]] = &[
    &["tail"],
    &["tail", "--iso", "--failed"],
    &["prune", "--keep-last", "4", "--dry-run"],
    &["verify"],
    &["verify", "--repair", "--secrets"],
    &["export", "-n", "1"],
    &["import", "--db", "copy.db", "code.db"],
    &["report", "--html", "report.html"],
    &["record", "--db", "own.db", "--", "echo", "recorded"],
    &["settle", "--db", "code.db"],
];

#[test]
fn every_other_command_is_reviewed() {
    for columns in [80, 200] {
        let fixture = Fixture::new();
        let said = all(&fixture, columns, OTHERS);
        assert_snapshot!(format!("others_{columns}"), said);
    }
}

#[test]
fn every_help_is_reviewed() {
    let fixture = Fixture::new();
    let commands = [
        "list",
        "show",
        "diff",
        "stats",
        "fresh",
        "tail",
        "record",
        "pin",
        "unpin",
        "prune",
        "export",
        "import",
        "ship",
        "settle",
        "verify",
        "checkpoint",
        "keygen",
        "report",
        "completions",
        "man",
    ];
    assert_snapshot!("help", all(&fixture, 100, &[&["--help"]]));
    for command in commands {
        let help = fixture.said_at(100, &[command, "--help"]);
        assert_snapshot!(format!("help_{command}"), help);
    }
}

#[test]
fn every_help_has_an_example() {
    let fixture = Fixture::new();
    let help = |arguments: &[&str]| {
        let output = fixture.execlog(arguments).output().expect("it runs");
        String::from_utf8(output.stdout).expect("text")
    };
    let main = help(&["--help"]);
    assert!(main.contains("Example: execlog "));
    let commands = main.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<_> = commands
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.len() >= 12, "{commands:?}");
    for command in commands {
        let text = help(&[command, "--help"]);
        assert!(
            text.contains(&format!("Example: execlog {command}")),
            "{command}"
        );
    }
}

#[test]
fn completions_and_manual_pages_have_every_command() {
    let fixture = Fixture::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = fixture
            .execlog(&["completions", shell])
            .output()
            .expect("it runs");
        let completions = String::from_utf8(output.stdout).expect("text");
        for word in ["verify", "prune", "fail-on-regression"] {
            assert!(completions.contains(word), "{shell}: {word}");
        }
    }
    fixture
        .execlog(&["man", "--folder", "man1"])
        .assert()
        .success();
    for page in ["execlog.1", "execlog-list.1", "execlog-stats.1"] {
        let text = std::fs::read_to_string(fixture.path("man1").join(page)).expect("a page");
        assert!(text.contains("Example: execlog"), "{page}");
    }
    assert_snapshot!("man", fixture.said(&["man"]));
    assert_snapshot!("completions_bash", fixture.said(&["completions", "bash"]));
}
