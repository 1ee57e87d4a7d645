//! Labels, counters, phases, cost, trace, pin and children of a run are shown in every format, and its phases
//! are written as a trace.

use crate::fixture::{NOW, program, said};
use execlog::{ExecutionLog, StoredRun};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

const PARENT: &str = "01a20700-0000-7000-8000-000000000001";

/// A run with every detail, and its children.
fn folder(children: u32) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let now: jiff::Timestamp = NOW.parse().expect("a time");
    let began = now.as_second() - 600;
    let parent = run(
        PARENT,
        began,
        &json!({
            "process_id": 4711,
            "program": "indexer",
            "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
            "labels": {"team": "search", "note": "two words"},
            "counters": {"chunks": 15, "tokens": 1200},
            "phases": [
                {"name": "read", "started_after_us": 0, "duration_us": 500_000, "times": 1},
                {"name": "parse", "started_after_us": 400_000, "duration_us": 900_000, "times": 3},
                {"name": "parse → tokens", "started_after_us": 450_000, "duration_us": 300, "times": 1},
                {"name": "write", "started_after_us": 1_400_000, "duration_us": 98_000, "times": 1},
            ],
            "cpu_ms": 2310,
            "peak_memory_bytes": 64 * 1024 * 1024 + 512 * 1024,
            "pin": "the release",
        }),
    );
    let children = (1..=children).map(|number| {
        let id = format!("01a20700-0000-7000-8000-1{number:011}");
        run(
            &id,
            began + i64::from(number),
            &json!({"parent_execution_id": PARENT}),
        )
    });
    let runs: Vec<_> = std::iter::once(parent).chain(children).collect();
    let log = ExecutionLog::new(folder.path().join("code.db"));
    log.maintenance().import(&runs).expect("imported");
    folder
}

fn run(id: &str, began: i64, details: &Value) -> StoredRun {
    let mut run = serde_json::to_value(&crate::fixture::runs()[0]).expect("JSON");
    run["record"]["execution_id"] = id.into();
    run["record"]["started_at"] = began.into();
    run["record"]["finished_at"] = (began + 2).into();
    run["record"]["duration_ms"] = 1500.into();
    run["context"] = json!({
        "execution_id": id,
        "started_at_ms": began * 1000,
        "ended_at_ms": began * 1000 + 1500,
        "crashed": false,
    });
    for (name, value) in details.as_object().expect("an object") {
        run["context"][name] = value.clone();
    }
    serde_json::from_value(run).expect("a run")
}

fn said_at(columns: u16, folder: &TempDir, arguments: &[&str]) -> String {
    let mut command = program(folder.path());
    command.args(arguments).env("COLUMNS", columns.to_string());
    said(&mut command, arguments)
}

#[test]
fn show_has_every_detail_within_the_screen() {
    let folder = folder(25);
    for columns in [40, 80, 200] {
        let shown = said_at(columns, &folder, &["show", PARENT]);
        let (_, phases) = shown.split_once("\nPhases\n").expect("phases");
        for line in phases.lines().take_while(|line| !line.is_empty()) {
            assert!(line.chars().count() <= usize::from(columns), "{line}");
        }
        assert_snapshot!(format!("details_{columns}"), shown);
    }
}

#[test]
fn the_list_of_children_says_how_many_more_there_are() {
    for (children, more) in [
        (20, None),
        (21, Some("and 1 run more\n")),
        (25, Some("and 5 runs more\n")),
    ] {
        let shown = said_at(80, &folder(children), &["show", PARENT]);
        let (_, listed) = shown.split_once("\nChildren\n").expect("children");
        let rows = listed.lines().filter(|line| line.starts_with("01a20700"));
        assert_eq!(rows.count(), 20);
        assert_eq!(listed.contains("more"), more.is_some(), "{listed}");
        assert!(more.is_none_or(|more| listed.contains(more)), "{listed}");
    }
    assert!(!said_at(80, &folder(0), &["show"]).contains("Children"));
}

#[test]
fn every_format_has_the_details() {
    const FIELDS: &str = "labels,counters,phases,cpu_ms,peak_memory_bytes,trace_id,pin";
    let folder = folder(1);
    let formats = [
        "table",
        "json",
        "jsonl",
        "csv",
        "{labels} {counters} {phases} {pin}",
    ];
    let shown = formats.map(|format| {
        let list = ["list", "--format", format, "--fields", FIELDS];
        let list = if format.starts_with('{') {
            &list[..3]
        } else {
            &list[..]
        };
        said_at(200, &folder, list)
    });
    assert_snapshot!("formats_of_details", shown.join("\n"));
}

/// The events of the trace of a run that are not metadata.
fn events(folder: &TempDir) -> Vec<Value> {
    let trace = fs::read_to_string(folder.path().join("trace.json")).expect("a trace");
    let trace: Value = serde_json::from_str(&trace).expect("JSON");
    let events = trace["traceEvents"].as_array().expect("events").iter();
    events.filter(|event| event["ph"] == "X").cloned().collect()
}

#[test]
fn a_trace_has_the_run_and_its_phases_where_they_nest() {
    let folder = folder(0);
    let said = said_at(80, &folder, &["show", "--trace", "trace.json"]);
    assert!(said.ends_with(&format!(
        "stderr: wrote the trace of `{PARENT}` to `trace.json`\n"
    )));
    let events = events(&folder);
    let now: jiff::Timestamp = NOW.parse().expect("a time");
    let began = (now.as_microsecond()) - 600_000_000;
    let seen: Vec<_> = events
        .iter()
        .map(|event| {
            let number = |name: &str| event[name].as_i64().expect("a number");
            let name = event["name"].as_str().expect("a name");
            assert_eq!(number("pid"), 4711);
            (name, number("ts") - began, number("dur"), number("tid"))
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("index", 0, 1_500_000, 1),
            ("read", 0, 500_000, 1),
            ("parse", 400_000, 900_000, 2),
            ("parse → tokens", 450_000, 300, 1),
            ("write", 1_400_000, 98_000, 1),
        ]
    );
    assert_eq!(events[0]["args"]["labels"]["team"], "search");
    assert_eq!(events[2]["args"]["times"], 3);
}

#[test]
fn a_trace_replaces_a_file_only_by_force() {
    let folder = folder(0);
    let file = folder.path().join("trace.json");
    fs::write(&file, "mine").expect("written");
    let trace = ["show", "--trace", "trace.json"];
    let said = said_at(80, &folder, &trace);
    assert!(
        said.contains("`trace.json` exists") && said.ends_with("exit code 1\n"),
        "{said}"
    );
    assert_eq!(fs::read(&file).expect("read"), b"mine");
    said_at(80, &folder, &[&trace[..], &["--force"]].concat());
    assert_eq!(events(&folder).len(), 5);
}

#[test]
fn a_run_that_goes_on_has_no_trace() {
    let fixture = crate::fixture::Fixture::new();
    let said = fixture.said(&["show", "--trace", "-"]);
    assert!(said.contains("has no duration"), "{said}");
    assert!(said.ends_with("exit code 1\n"), "{said}");
}

#[test]
fn details_cannot_control_the_terminal() {
    const HOSTILE: &str = "\u{1b}[2J\u{202e}";
    const FIELDS: &str = "labels,counters,phases,trace_id,pin";
    let folder = tempfile::tempdir().expect("a folder");
    let phase = json!({"name": HOSTILE, "started_after_us": 0, "duration_us": 1000, "times": 1});
    let details = json!({
        "labels": {HOSTILE: HOSTILE},
        "counters": {HOSTILE: 1},
        "phases": [phase],
        "pin": HOSTILE,
        "trace_id": HOSTILE,
    });
    let log = ExecutionLog::new(folder.path().join("code.db"));
    let runs = [run(PARENT, 1_795_000_000, &details)];
    log.maintenance().import(&runs).expect("imported");
    for arguments in [
        &["show"][..],
        &["show", "--trace", "-"],
        &["show", "--format", "json"],
        &["list", "--fields", FIELDS],
        &["list", "--format", "jsonl", "--fields", FIELDS],
        &[
            "list",
            "--format",
            "{labels}{counters}{phases}{trace_id}{pin}",
        ],
        &[
            "list",
            "--format",
            "csv",
            "--fields",
            "labels,counters,phases",
        ],
        &["stats", "--by", "phase"],
        &["stats", "--by", "phase", "--format", "json"],
        &["report", "--html", "-"],
    ] {
        let shown = said_at(80, &folder, arguments);
        assert!(shown.contains("1b"), "{shown}");
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
    }
}
