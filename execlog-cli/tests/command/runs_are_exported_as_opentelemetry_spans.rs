//! `execlog export --format otlp` writes runs as spans that an OpenTelemetry Collector reads.

use crate::fixture::{Fixture, RUNS, program, runs};
use crate::otlp_schema::check;
use execlog::{ExecutionLog, StoredRun};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

const ID: &str = "01a20700-0000-7000-8000-0123456789ab";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT_ID: &str = "01a20700-0000-7000-8000-00000000000b";
const BEGAN: i64 = 1_795_400_000;

/// A run of 1.5 s with these details in its context.
fn run(id: &str, details: &Value) -> StoredRun {
    let mut run = serde_json::to_value(&runs()[0]).expect("JSON");
    run["record"]["execution_id"] = id.into();
    run["record"]["started_at"] = BEGAN.into();
    run["record"]["finished_at"] = (BEGAN + 2).into();
    run["record"]["duration_ms"] = 1500.into();
    run["context"] = json!({
        "execution_id": id,
        "started_at_ms": BEGAN * 1000 + 250,
        "ended_at_ms": BEGAN * 1000 + 1750,
        "crashed": false,
        "program": "indexer",
    });
    for (name, value) in details.as_object().expect("an object") {
        run["context"][name] = value.clone();
    }
    serde_json::from_value(run).expect("a run")
}

/// A folder with a log of these runs.
fn folder(runs: &[StoredRun]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let log = ExecutionLog::new(folder.path().join("code.db"));
    log.maintenance().import(runs).expect("imported");
    folder
}

/// What the program exports, and what it says.
fn exported(folder: &TempDir) -> (String, String) {
    let mut export = program(folder.path());
    let export = export.args(["export", "--db", "code.db", "--format", "otlp"]);
    let output = export.output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    assert!(output.status.success(), "{}", text(output.stderr));
    (text(output.stdout), text(output.stderr))
}

/// The resource of a line and its spans, after a check of the line.
fn parts(line: &str) -> (Value, Vec<Value>) {
    let request = check(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let [of_resource] = &request["resourceSpans"].as_array().expect("an array")[..] else {
        panic!("{line}");
    };
    let scope = &of_resource["scopeSpans"][0];
    assert_eq!(scope["scope"]["name"], "execlog");
    let spans = scope["spans"].as_array().expect("spans");
    (of_resource["resource"].clone(), spans.clone())
}

/// The spans of the only run.
fn spans(run: StoredRun) -> Vec<Value> {
    let (lines, _) = exported(&folder(&[run]));
    assert_eq!(lines.lines().count(), 1, "{lines}");
    parts(&lines).1
}

fn attribute<'a>(span: &'a Value, key: &str) -> Option<&'a Value> {
    let attributes = span["attributes"].as_array().expect("attributes");
    let attribute = attributes.iter().find(|attribute| attribute["key"] == key);
    attribute.map(|attribute| &attribute["value"])
}

fn spans_of_all(lines: &str) -> Vec<Value> {
    lines.lines().flat_map(|line| parts(line).1).collect()
}

#[test]
fn every_line_is_a_request_with_the_span_of_a_run() {
    let fixture = Fixture::new();
    let output = fixture.execlog(&["export", "--format", "otlp"]).output();
    let output = output.expect("it runs");
    let lines = String::from_utf8(output.stdout).expect("text");
    let spans = spans_of_all(&lines);
    let ended = RUNS.lines().count() - 2;
    assert_eq!((lines.lines().count(), spans.len()), (ended, ended));
    assert_eq!(
        String::from_utf8(output.stderr).expect("text"),
        "not ended, so left out: 2 runs\nexported 11 runs\n"
    );
    let shown = lines
        .lines()
        .filter(|line| line.contains("00000000000004") || line.contains("0000000000000b"));
    let version = concat!(r#""version":""#, env!("CARGO_PKG_VERSION"), r#"""#);
    let shown: Vec<_> = shown.collect();
    assert_snapshot!(shown.join("\n").replace(version, r#""version":"…""#));
}

#[test]
fn hostile_and_odd_runs_are_valid_requests() {
    const ODD: &str = "\u{1b}[2J\u{202e}\"\\";
    let details = json!({
        "program": ODD, "host": ODD, "user": "", "working_directory": ODD, "revision": ODD,
        "trace_id": ODD, "parent_execution_id": ODD, "process_id": -1, "exit_code": i64::MIN,
        "labels": {"": "no name", "process.pid": "not a number", ODD: ODD,
            "process.exit.code": "twice", "execlog.labels.process.exit.code": "twice"},
        "counters": {"": i64::MAX, ODD: -1},
        "phases": [
            {"name": "", "started_after_us": -5, "duration_us": -1, "times": 0},
            {"name": "twice", "started_after_us": 0, "duration_us": 1, "times": 1},
            {"name": "twice", "started_after_us": 0, "duration_us": 1, "times": 1},
        ],
    });
    let spans = spans(run(ID, &details));
    let ids: Vec<_> = spans
        .iter()
        .map(|span| span["spanId"].to_string())
        .collect();
    assert!((0..4).all(|n| !ids[..n].contains(&ids[n])), "{ids:?}");
    let text = |text: &str| Some(json!({"stringValue": text}));
    let label = attribute(&spans[0], "execlog.labels.process.pid").cloned();
    assert_eq!(label, text("not a number"));
    assert_eq!(attribute(&spans[0], ODD).cloned(), text(ODD));
    assert_eq!(attribute(&spans[0], "process.owner"), None);
}

#[test]
fn ids_are_those_that_the_run_gave_to_its_children() {
    const OTHER: &str = "5bf92f3577b34da6a3ce929d0e0e4736";
    const OF_PARENT: &str = "800000000000000b";
    let span = format!("{TRACE}-00f067aa0ba902b7");
    let zeros = format!("{TRACE}-0000000000000000");
    let digits = ID.replace('-', "");
    for (context, trace, parent) in [
        (json!({}), &*digits, None),
        (json!({"trace_id": TRACE}), TRACE, None),
        (
            json!({"trace_id": TRACE, "parent_execution_id": span}),
            TRACE,
            Some("00f067aa0ba902b7"),
        ),
        // A run passes on its id and its trace together.
        (
            json!({"trace_id": TRACE, "parent_execution_id": PARENT_ID}),
            TRACE,
            Some(OF_PARENT),
        ),
        // The trace of the parent is not known, or another one.
        (json!({"parent_execution_id": PARENT_ID}), &digits, None),
        (
            json!({"trace_id": OTHER, "parent_execution_id": span}),
            OTHER,
            None,
        ),
        (json!({"parent_execution_id": span}), &digits, None),
        // Ids that are none.
        (json!({"trace_id": "0"}), &digits, None),
        (json!({"trace_id": "0".repeat(32)}), &digits, None),
        (json!({"trace_id": TRACE.to_uppercase()}), &digits, None),
        (
            json!({"trace_id": "0", "parent_execution_id": PARENT_ID}),
            &digits,
            None,
        ),
    ] {
        let spans = spans(run(ID, &context));
        assert_eq!(spans[0]["traceId"], trace, "{context}");
        assert_eq!(spans[0]["spanId"], "80000123456789ab", "{context}");
        assert_eq!(spans[0]["parentSpanId"].as_str(), parent, "{context}");
    }
    let with_zeros = json!({"trace_id": TRACE, "parent_execution_id": zeros});
    assert_ne!(
        spans(run(ID, &with_zeros))[0]["parentSpanId"],
        "0".repeat(16)
    );
    // The published vector of 128-bit FNV-1a, for an id that is not a UUID.
    let spans = spans(run("foobar", &json!({})));
    assert_eq!(spans[0]["traceId"], "343e1662793c64bf6f0d3597ba446f18");
    assert_eq!(spans[0]["spanId"], "6f0d3597ba446f18");
}

#[test]
fn phases_are_child_spans_with_ids_that_never_change() {
    let phases = json!({"trace_id": TRACE, "phases": [
        {"name": "read", "started_after_us": 0, "duration_us": 500_000, "times": 1},
        {"name": "parse", "started_after_us": 400_000, "duration_us": 2_000_000, "times": 3},
    ]});
    let spans = spans(run(ID, &phases));
    let [run, read, parse] = &spans[..] else {
        panic!("{spans:?}");
    };
    assert_eq!(run["startTimeUnixNano"], "1795400000250000000");
    assert_eq!(run["endTimeUnixNano"], "1795400001750000000");
    // The first 8 bytes of SHA-256 of `TRACE-SPAN-INDEX`.
    for (phase, name, id, start, end, times) in [
        (
            read,
            "read",
            "1647b74ecf143923",
            "1795400000250000000",
            "1795400000750000000",
            "1",
        ),
        (
            parse,
            "parse",
            "e47dbf33e8487022",
            "1795400000650000000",
            "1795400002650000000",
            "3",
        ),
    ] {
        assert_eq!(phase["name"], name);
        assert_eq!(phase["traceId"], TRACE);
        assert_eq!(phase["spanId"], id);
        assert_eq!(phase["parentSpanId"], run["spanId"]);
        assert_eq!(phase["startTimeUnixNano"], start);
        assert_eq!(phase["endTimeUnixNano"], end);
        let times = json!({"intValue": times});
        assert_eq!(attribute(phase, "execlog.phase.times"), Some(&times));
    }
}

#[test]
fn only_runs_that_succeeded_have_no_error() {
    let fixture = Fixture::new();
    let listed = fixture.execlog(&["export", "--format", "otlp"]).output();
    let lines = String::from_utf8(listed.expect("it runs").stdout).expect("text");
    for span in spans_of_all(&lines) {
        let text = |key: &str| Some(attribute(&span, key)?["stringValue"].as_str()?.to_owned());
        let status = text("execlog.status").expect("a status");
        let error = (status != "success").then_some(&*status);
        assert_eq!(text("error.type").as_deref(), error);
        if error.is_some() {
            assert_eq!(span["status"]["code"], 2);
            assert!(span["status"]["message"].is_string(), "{span}");
        } else {
            assert_eq!(span["status"], json!({}));
        }
    }
}

#[test]
fn a_crashed_run_is_the_same_span_before_and_after_it_is_settled() {
    let fixture = Fixture::new();
    let export = ["export", "--format", "otlp", "--outcome", "crashed"];
    let crashed = || fixture.execlog(&export).output().expect("it runs").stdout;
    let before = crashed();
    fixture.execlog(&["settle"]).assert().success();
    let after = crashed();
    assert_eq!(
        String::from_utf8(before.clone()).expect("text"),
        String::from_utf8(after).expect("text")
    );
    let before = spans_of_all(std::str::from_utf8(&before).expect("text"));
    assert_eq!(before.len(), 2);
    for span in before {
        assert_eq!(span["startTimeUnixNano"], span["endTimeUnixNano"]);
    }
}

#[test]
fn a_crashed_run_ends_with_its_last_phase() {
    let mut run = run(
        ID,
        &json!({"crashed": true, "ended_at_ms": null, "phases": [
            {"name": "read", "started_after_us": 100, "duration_us": 900, "times": 1},
            {"name": "parse", "started_after_us": 200, "duration_us": 300, "times": 1},
        ]}),
    );
    run.record.outcome = "error".to_owned();
    run.record.finished_at = None;
    run.record.duration_ms = None;
    let spans = spans(run);
    assert_eq!(spans[0]["endTimeUnixNano"], "1795400000251000000");
}

#[test]
fn the_duration_counts_where_the_clock_was_set_back() {
    let run = run(ID, &json!({"ended_at_ms": (BEGAN - 60) * 1000}));
    assert_eq!(spans(run)[0]["endTimeUnixNano"], "1795400001750000000");
    // Without a duration, a span still does not end before it starts.
    let mut run = self::run(ID, &json!({"ended_at_ms": (BEGAN - 60) * 1000}));
    run.record.duration_ms = None;
    assert_eq!(spans(run)[0]["endTimeUnixNano"], "1795400000250000000");
}

#[test]
fn times_that_spans_cannot_have_are_left_out_and_counted() {
    let at = |id: &str, second: i64| {
        let mut run = run(id, &json!({}));
        run.record.started_at = second;
        run.context = None;
        run
    };
    let runs = [
        at("before", -1),
        at("first", 0),
        at("last", 9_223_372_034),
        at("after", 9_223_372_036),
        at("never", i64::MAX),
    ];
    let (lines, said) = exported(&folder(&runs));
    assert_eq!(
        said,
        "with times before 1970 or after 2262, so left out: 3 runs\nexported 2 runs\n"
    );
    let spans = spans_of_all(&lines);
    let starts: Vec<_> = spans
        .iter()
        .map(|span| &span["startTimeUnixNano"])
        .collect();
    assert_eq!(starts, ["0", "9223372034000000000"]);
}

#[test]
fn the_command_line_has_the_program_once() {
    for (program, args, line) in [
        (
            json!("indexer"),
            r#"["index","."]"#,
            Some(&["indexer", "index", "."][..]),
        ),
        // As `execlog record` stores it.
        (
            json!("make"),
            r#"["/usr/bin/make","all"]"#,
            Some(&["/usr/bin/make", "all"]),
        ),
        (json!("indexer"), "[]", Some(&["indexer"])),
        (json!(null), r#"["index"]"#, None),
    ] {
        let mut run = run(ID, &json!({"program": program}));
        run.record.args = args.to_owned();
        let spans = spans(run);
        let line = line.map(|line| {
            let values = line.iter().map(|word| json!({"stringValue": word}));
            json!({"arrayValue": {"values": values.collect::<Vec<_>>()}})
        });
        assert_eq!(attribute(&spans[0], "process.command_args"), line.as_ref());
        let name = program.as_str().unwrap_or("index");
        assert_eq!(spans[0]["name"], name);
    }
}

#[test]
fn the_resource_is_the_program_on_its_host() {
    let resource_of = |run: StoredRun| parts(&exported(&folder(&[run])).0).0;
    let all = resource_of(run(ID, &json!({"host": "build-7"})));
    let text = |text: &str| json!({"stringValue": text});
    assert_eq!(attribute(&all, "service.name"), Some(&text("indexer")));
    assert_eq!(attribute(&all, "service.version"), Some(&text("4.16.0")));
    assert_eq!(attribute(&all, "host.name"), Some(&text("build-7")));
    let mut bare = run(ID, &json!({}));
    bare.context = None;
    bare.record.tool_version = String::new();
    let unknown = json!([{"key": "service.name", "value": text("unknown_service")}]);
    assert_eq!(resource_of(bare)["attributes"], unknown);
}

#[test]
#[cfg(unix)]
fn recorded_commands_are_a_tree_of_spans() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = r#""$0" record -- "$0" record -- true"#;
    let mut recorded = crate::fixture::script(folder.path(), script);
    recorded.env("EXECLOG_DB", "code.db");
    recorded.env("TRACEPARENT", format!("00-{TRACE}-00f067aa0ba902b7-01"));
    recorded.assert().success();
    let (lines, _) = exported(&folder);
    let spans = spans_of_all(&lines);
    let [outer, inner] = &spans[..] else {
        panic!("{lines}");
    };
    assert_eq!(outer["parentSpanId"], "00f067aa0ba902b7");
    assert_eq!(inner["parentSpanId"], outer["spanId"]);
    for span in [outer, inner] {
        assert_eq!(span["traceId"], TRACE);
    }
}

#[test]
fn spans_cannot_be_imported() {
    let fixture = Fixture::new();
    let export = ["export", "--format", "otlp", "-o", "spans.jsonl"];
    fixture.execlog(&export).assert().success();
    let import = ["import", "--db", "new.db", "spans.jsonl"];
    assert_eq!(
        fixture.said(&import),
        "$ execlog import --db new.db spans.jsonl\n\
         stderr: error: line 1: OpenTelemetry spans, which have not all that a run has: import what \
         `execlog export` writes without `--format otlp`\n\
         exit code 1\n"
    );
    assert!(!fixture.path("new.db").exists());
    // The runs before them are imported.
    let first = RUNS.lines().next().expect("a line");
    let spans = fs::read_to_string(fixture.path("spans.jsonl")).expect("there");
    fs::write(fixture.path("both.jsonl"), format!("{first}\n{spans}")).expect("written");
    let import = ["import", "--db", "new.db", "both.jsonl"];
    fixture.execlog(&import).assert().code(1);
    let log = ExecutionLog::read_only(fixture.path("new.db"));
    assert_eq!(log.get_recent(9).expect("it reads").len(), 1);
}
