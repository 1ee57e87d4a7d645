//! JSON, JSON Lines, CSV and templates have the same runs, and are valid in every case.

use crate::bounded::TIMEOUT;
use crate::fixture::Fixture;
use insta::assert_snapshot;
use serde_json::Value;

#[test]
fn every_format_is_reviewed() {
    let fixture = Fixture::new();
    for format in [
        "json",
        "jsonl",
        "csv",
        "{id}\\t{status}\\t{started_at}\\t{args}",
    ] {
        let name = format
            .split('}')
            .next()
            .unwrap_or(format)
            .trim_start_matches('{');
        let name = format!("format_{}", if name == "id" { "template" } else { name });
        assert_snapshot!(name, fixture.said(&["list", "--format", format]));
    }
    let some = [
        "list",
        "-n",
        "2",
        "--fields",
        "status,args,exit_code",
        "--format",
    ];
    let said: Vec<_> = ["json", "jsonl", "csv"]
        .iter()
        .map(|format| fixture.said(&[&some[..], &[format]].concat()))
        .collect();
    assert_snapshot!("format_fields", said.join("\n"));
}

#[test]
fn every_command_that_shows_runs_has_every_format() {
    let formats = [
        "table",
        "json",
        "jsonl",
        "csv",
        "{id} {status} {duration_ms}",
    ];
    let mut said = Vec::new();
    for command in ["show", "tail", "settle"] {
        for format in formats {
            let fixture = Fixture::new();
            let mut arguments = vec![command, "--format", format];
            if command == "tail" {
                arguments.extend(["-n", "2"]);
            }
            said.push(fixture.said(&arguments));
        }
    }
    assert_snapshot!("formats_of_others", said.join("\n"));
}

#[test]
fn json_jsonl_and_csv_have_the_same_runs() {
    let fixture = Fixture::new();
    let output = |format: &str| {
        let output = fixture.execlog(&["list", "--format", format]).output();
        String::from_utf8(output.expect("it runs").stdout).expect("text")
    };
    let json: Vec<Value> = serde_json::from_str(&output("json")).expect("JSON");
    let lines = output("jsonl");
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(json, lines);
    assert_eq!(json.len(), 13);
    assert_eq!(json[0]["args"][0], "watch");
    assert_eq!(json[0]["started_at"], "2026-11-23T11:57:00.949Z");

    let csv = output("csv");
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let names = rows.headers().expect("names").clone();
    let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), json.len());
    for (row, run) in rows.iter().zip(&json) {
        for (name, cell) in names.iter().zip(row) {
            let value = match &run[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let is_formula = value.starts_with(['=', '+', '-', '@']);
            let expected = if is_formula {
                format!("'{value}")
            } else {
                value
            };
            assert_eq!(cell, expected, "{name}");
        }
    }
    assert!(csv.ends_with("\r\n"));
    assert!(csv.contains(",'=cmd,"), "a formula is a text");
}

#[test]
fn empty_output_is_valid_in_its_format() {
    let fixture = Fixture::new();
    let none = ["list", "--text", "nothing at all", "--format"];
    let output = |format: &str| {
        let output = fixture.execlog(&[&none[..], &[format]].concat()).output();
        String::from_utf8(output.expect("it runs").stdout).expect("text")
    };
    assert_eq!(output("json"), "[]\n");
    assert_eq!(output("jsonl"), "");
    assert_eq!(output("csv").lines().count(), 1);
    assert_eq!(output("table"), "");
}

#[test]
fn closing_the_output_early_is_not_an_error() {
    let fixture = Fixture::new();
    let db = fixture.path("code.db");
    for format in ["table", "json", "jsonl", "csv"] {
        let script = "\"$0\" --db \"$1\" list --format \"$2\" | true; \
             \"$0\" --db \"$1\" list --format \"$2\" 2>&1 >&- | cat; \
             { \"$0\" --db \"$1\" list --format \"$2\"; echo \"exit $?\" >&2; } | exec <&- true";
        let output = assert_cmd::Command::new("sh")
            .timeout(TIMEOUT)
            .args(["-c", script, env!("CARGO_BIN_EXE_execlog")])
            .arg(&db)
            .arg(format)
            .output()
            .expect("sh runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said, "exit 0\n", "{format}");
    }
}
