//! `list` merges the runs of several logs, and `stats` summarises them together.

use crate::fixture::Fixture;
use execlog::clock::ManualClock;
use execlog::{ExecutionLog, Invocation};
use insta::assert_snapshot;
use serde_json::Value;
use std::time::Duration;

const BOTH: [&str; 4] = ["--db", "code.db", "--db", "other.db"];

/// The fixture with a second log, whose runs began between those of the first.
fn fixture() -> Fixture {
    let fixture = Fixture::new();
    let before: jiff::Timestamp = "2026-11-20T18:00:00Z".parse().expect("a time");
    let clock = ManualClock::at(before.as_second());
    let log = ExecutionLog::new(fixture.path("other.db")).with_clock(clock.clone());
    for number in 1..=3 {
        let id = format!("other-{number}").parse().expect("an id");
        let run = log.begin(Invocation::new(["index"]).execution_id(id));
        clock.advance(Duration::from_secs(24 * 60 * 60));
        if number == 2 {
            run.succeed();
        } else {
            run.fail_with("no disk");
        }
    }
    fixture
}

/// The numbers and logs of the runs that are listed.
fn listed(fixture: &Fixture, arguments: &[&str]) -> Vec<String> {
    let template = ["--format", "{id} {log}"];
    let output = fixture
        .execlog(&[&["list"], &BOTH[..], arguments, &template].concat())
        .output();
    let text = String::from_utf8(output.expect("it runs").stdout).expect("text");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn runs_are_sorted_by_time_with_their_logs() {
    let fixture = fixture();
    let all = listed(&fixture, &[]);
    assert_eq!(all.len(), 16);
    let newest = [
        "13 code.db",
        "12 code.db",
        "11 code.db",
        "10 code.db",
        "3 other.db",
        "9 code.db",
    ];
    assert_eq!(all[..6], newest);
    assert_eq!(listed(&fixture, &["-n", "6"]), newest);
    for (limit, count) in [("6", 6), ("100", 16)] {
        let mut reversed = listed(&fixture, &["--reverse", "-n", limit]);
        reversed.reverse();
        assert_eq!(reversed[..6], newest);
        assert_eq!(reversed.len(), count);
    }
    // What fails now is found in each log.
    assert_eq!(
        listed(&fixture, &["--failing", "-n", "2"]),
        ["11 code.db", "3 other.db"]
    );
}

#[test]
fn every_format_names_the_log() {
    let fixture = fixture();
    let said = |arguments: &[&str]| {
        let arguments = [&["list", "-n", "5"], &BOTH[..], arguments].concat();
        fixture.said(&arguments)
    };
    let tables = [said(&[]), said(&["--fields", "log,id", "--format", "csv"])];
    assert_snapshot!(tables.join("\n"));
    let csv = said(&["--format", "csv"]);
    let header = csv.lines().nth(1).expect("a header");
    assert!(header.ends_with(",pin,log"), "{header}");
    let json = said(&["--format", "jsonl"]);
    let last: Value = serde_json::from_str(json.lines().last().expect("a run")).expect("JSON");
    assert_eq!(last["log"], "other.db");
}

#[test]
fn one_log_is_listed_without_its_name() {
    let fixture = fixture();
    let said = |arguments: &[&str]| {
        let output = fixture.execlog(arguments).output().expect("it runs");
        String::from_utf8(output.stdout).expect("text")
    };
    let table = said(&["list", "--db", "other.db"]);
    assert!(!table.contains("LOG"), "{table}");
    let json = said(&["list", "--db", "other.db", "--format", "json"]);
    assert!(!json.contains("\"log\""), "{json}");
    let asked = said(&["list", "--db", "other.db", "--format", "{log}", "-n", "1"]);
    assert_eq!(asked, "other.db\n");
}

#[test]
fn a_log_that_is_missing_is_an_error() {
    let fixture = fixture();
    let said = fixture.said(&["list", "--db", "code.db", "--db", "missing.db"]);
    assert!(said.contains("`missing.db` does not exist"), "{said}");
    assert!(said.ends_with("exit code 1\n"), "{said}");
}

#[test]
fn other_commands_take_one_log() {
    let fixture = fixture();
    for command in ["export", "show", "tail", "settle", "verify"] {
        let said = fixture.said(&[&[command], &BOTH[..]].concat());
        assert!(
            said.contains("only `list` and `stats` read several logs"),
            "{said}"
        );
        assert!(said.ends_with("exit code 2\n"), "{said}");
    }
}

/// The figures of these logs as JSON.
fn figures(fixture: &Fixture, logs: &[&str], arguments: &[&str]) -> Value {
    let stats = ["stats", "--format", "json"];
    let output = fixture
        .execlog(&[&stats, logs, arguments].concat())
        .output()
        .expect("it runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn figures_are_those_of_all_logs_together() {
    let fixture = fixture();
    let of = |logs: &[&str]| figures(&fixture, logs, &[]);
    let (code, other, both) = (
        of(&["--db", "code.db"]),
        of(&["--db", "other.db"]),
        of(&BOTH),
    );
    let number = |figures: &Value, name: &str| figures[name].as_i64().expect("a number");
    for name in ["runs", "success", "error", "crashed"] {
        let sum = number(&code, name) + number(&other, name);
        assert_eq!(number(&both, name), sum, "{name}");
    }
    assert_eq!(both["max_ms"], other["max_ms"]);
    // A run took a day in the other log.
    let logs = both["slowest"].as_array().expect("a list").iter();
    let logs: Vec<_> = logs.map(|run| run["log"].as_str()).collect();
    let others = [Some("other.db"); 3].into_iter();
    let slowest: Vec<_> = others.chain([Some("code.db"); 2]).collect();
    assert_eq!(logs, slowest);
    assert_eq!(code["slowest"][0].get("log"), None);
    let by_log = ["--by", "log"];
    let tables = [
        fixture.said(&[&["stats", "--slowest", "2"], &BOTH[..], &by_log].concat()),
        fixture.said(&[&["stats", "--format", "csv"], &BOTH[..], &by_log].concat()),
    ];
    assert_snapshot!("stats_by_log", tables.join("\n"));
}

#[test]
fn a_limit_keeps_the_newest_runs_of_all_logs() {
    let fixture = fixture();
    for (contexts, limit, expected) in [
        (&[][..], "6", [("code.db", 5), ("other.db", 1)]),
        (&["--cost"], "6", [("code.db", 5), ("other.db", 1)]),
        (&[], "100", [("code.db", 13), ("other.db", 3)]),
    ] {
        let arguments = [contexts, &["--by", "log", "-n", limit]].concat();
        let figures = figures(&fixture, &BOTH, &arguments);
        let groups = figures["groups"].as_array().expect("a list").iter();
        let groups: Vec<_> = groups
            .map(|group| (group["log"].as_str(), group["runs"].as_i64()))
            .collect();
        let expected = expected.map(|(log, runs)| (Some(log), Some(runs)));
        assert_eq!(groups, expected);
    }
}

#[test]
fn the_slowest_run_is_that_of_its_own_log() {
    let fixture = fixture();
    let log = ExecutionLog::new(fixture.path("other.db"));
    let mut runs = crate::fixture::runs();
    runs.retain(|run| run.record.duration_ms.is_some());
    runs.truncate(1);
    runs[0].context = None;
    runs[0].record.duration_ms = Some(1 << 40);
    runs[0].record.args = r#"["another"]"#.to_owned();
    log.maintenance().import(&runs).expect("imported");
    let figures = figures(&fixture, &BOTH, &[]);
    let slowest = &figures["slowest"][0];
    assert_eq!(slowest["args"][0], "another");
    assert_eq!(slowest["log"], "other.db");
}
