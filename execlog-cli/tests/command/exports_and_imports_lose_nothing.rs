//! Exports and imports keep every field, and may be repeated.

use crate::fixture::{Fixture, RUNS, runs};
use execlog::{ExecutionLog, StoredRun};
use insta::assert_snapshot;
use std::fs;

fn stored(log: &ExecutionLog) -> Vec<StoredRun> {
    let runs = log.runs().as_added().into_iter();
    runs.map(|run| run.expect("it reads").into()).collect()
}

#[test]
fn an_export_has_every_stored_field() {
    let fixture = Fixture::new();
    let without = fixture.execlog(&["export", "--without-seals"]).output();
    let without = without.expect("it runs");
    assert_eq!(String::from_utf8(without.stdout).expect("text"), RUNS);
    let output = fixture.execlog(&["export"]).output().expect("it runs");
    let lines = String::from_utf8(output.stdout).expect("text");
    assert!(lines.starts_with(RUNS), "seals follow the runs");
    assert_eq!(
        String::from_utf8(output.stderr).expect("text"),
        "crashed but exported as `running`: 1 run; run `execlog settle` before you export\n\
         exported 13 runs\n"
    );
}

#[test]
#[cfg(all(feature = "native-v2", feature = "native-v3"))]
fn runs_survive_every_kind_of_log_unchanged() {
    let fixture = Fixture::new();
    let said = [
        &[
            "import",
            "--db",
            "two.graph",
            "--create",
            "native-v2",
            "code.db",
        ][..],
        &[
            "import",
            "--db",
            "three.graph3",
            "--create",
            "native-v3",
            "two.graph",
        ],
        &["export", "--db", "three.graph3", "-o", "runs.jsonl"],
        &["import", "--db", "back.db", "runs.jsonl"],
        &["import", "--db", "two.graph", "back.db"],
        &[
            "list",
            "--db",
            "two.graph",
            "-n",
            "2",
            "--format",
            "{id} {status}",
        ],
        &["verify", "--db", "two.graph"],
        &["verify", "--db", "three.graph3"],
        &["verify", "--db", "back.db"],
    ]
    .map(|arguments| fixture.said(arguments));
    assert_snapshot!(said.join("\n"));
    let exported = fs::read_to_string(fixture.path("runs.jsonl")).expect("there");
    assert!(exported.starts_with(RUNS), "{exported}");
    let back = ExecutionLog::read_only(fixture.path("back.db"));
    assert_eq!(stored(&back), runs());
    assert_eq!(stored(&back), stored(&fixture.log()));
}

#[test]
fn imports_may_be_repeated_and_merge_by_id() {
    let fixture = Fixture::new();
    fs::write(fixture.path("runs.jsonl"), RUNS).expect("written");
    let half: Vec<_> = RUNS.lines().take(6).collect();
    fs::write(fixture.path("half.jsonl"), half.join("\n")).expect("written");
    // One run has ended since the export, and one run was changed.
    let ended = RUNS.lines().next_back().expect("a line").replace(
        r#""finished_at":null,"duration_ms":null,"outcome":"running""#,
        r#""finished_at":1795435100,"duration_ms":9000,"outcome":"success""#,
    );
    let changed = RUNS
        .lines()
        .next()
        .expect("a line")
        .replace("\"success\"", "\"error\"");
    fs::write(fixture.path("later.jsonl"), format!("{ended}\n{changed}\n")).expect("written");
    let said = [
        &["import", "--db", "new.db", "half.jsonl"][..],
        &["import", "--db", "new.db", "runs.jsonl"],
        &["import", "--db", "new.db", "runs.jsonl"],
        &["import", "--db", "new.db", "later.jsonl"],
        &["import", "--db", "new.db", "later.jsonl"],
        &[
            "list",
            "--db",
            "new.db",
            "-n",
            "1",
            "--format",
            "{id} {status} {duration_ms}",
        ],
        &[
            "list",
            "--db",
            "new.db",
            "--reverse",
            "--until",
            "8d",
            "--format",
            "{id} {status}",
        ],
    ]
    .map(|arguments| fixture.said(arguments));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn invalid_lines_are_reported_and_the_others_imported() {
    let fixture = Fixture::new();
    let lines: Vec<_> = RUNS.lines().collect();
    let of_a_later_version = lines[2].replace(r#""execlog":1"#, r#""execlog":2"#);
    let with_another_context = lines[3].replace("\"started_at\":", "\"started_at\":1");
    let text = [
        lines[0],
        "",
        "not JSON",
        "{\"execlog\":1}",
        &of_a_later_version,
        &with_another_context,
        lines[4],
    ];
    fs::write(fixture.path("bad.jsonl"), text.join("\n")).expect("written");
    let said = [
        &["import", "--db", "new.db", "bad.jsonl"][..],
        &["list", "--db", "new.db", "--format", "{id}"],
        &["import", "--db", "new.db", "missing.jsonl"],
        &[
            "import",
            "--db",
            "new.db",
            "--create",
            "native-v2",
            "bad.jsonl",
        ],
    ]
    .map(|arguments| fixture.said(arguments));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn invalid_runs_are_reported_and_the_others_imported() {
    let fixture = Fixture::new();
    // Values that only another program would write, the first rows among them.
    rusqlite::Connection::open(fixture.path("code.db"))
        .and_then(|connection| {
            connection.execute_batch(
                "UPDATE execution_log SET outcome = 'done' WHERE id = 1;
                 UPDATE execution_log SET args = 'index --all' WHERE id = 2;
                 UPDATE execution_log SET duration_ms = -1 WHERE id = 3;
                 UPDATE execution_log SET files_indexed = -3 WHERE id = 4;
                 UPDATE execution_log SET outcome = 'running' WHERE id = 5;
                 UPDATE execution_log SET execution_id = 'a' || char(7) WHERE id = 12;",
            )
        })
        .expect("changed");
    fixture
        .execlog(&["export", "-o", "odd.jsonl"])
        .assert()
        .success();
    let first = RUNS.lines().next().expect("a line");
    let of_no_version = first.replace(r#""execlog":1"#, r#""execlog":0"#);
    fs::write(fixture.path("zero.jsonl"), of_no_version).expect("written");
    let said = [
        &["import", "--db", "lines.db", "odd.jsonl"][..],
        &["import", "--db", "log.db", "code.db"],
        &["import", "--db", "zero.db", "zero.jsonl"],
        &["list", "--db", "lines.db", "--format", "{id}"],
        &["list", "--db", "log.db", "--format", "{id}"],
    ]
    .map(|arguments| fixture.said(arguments));
    assert_snapshot!(said.join("\n"));
}

#[test]
fn imported_runs_keep_their_numbers_if_those_are_free() {
    let fixture = Fixture::new();
    let some: Vec<_> = RUNS.lines().skip(1).step_by(3).collect();
    fs::write(fixture.path("some.jsonl"), some.join("\n")).expect("written");
    let numbers = |file: &str| {
        let arguments = ["list", "--db", file, "--format", "{id}", "--reverse"];
        let output = fixture.execlog(&arguments).output().expect("it runs");
        String::from_utf8(output.stdout)
            .expect("text")
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut targets = vec![("a.db", "sqlite")];
    if cfg!(feature = "native-v2") {
        targets.push(("b.graph", "native-v2"));
    }
    for (file, kind) in targets {
        let import = ["import", "--db", file, "--create", kind, "some.jsonl"];
        fixture.execlog(&import).assert().success();
        assert_eq!(numbers(file), ["2", "5", "8", "11"]);
        fs::write(fixture.path("all.jsonl"), RUNS).expect("written");
        fixture
            .execlog(&["import", "--db", file, "all.jsonl"])
            .assert()
            .success();
        let log = if kind == "sqlite" {
            numbers(file)
        } else {
            continue;
        };
        assert_eq!(log.len(), 13, "later runs get new numbers");
    }
}

#[test]
fn an_export_is_imported_from_a_pipe() {
    let fixture = Fixture::new();
    for from in ["-", "/dev/stdin"] {
        let mut import = fixture.execlog(&["import", "--db", "piped.db", from]);
        let output = import.write_stdin(RUNS).output().expect("it runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let piped = ExecutionLog::read_only(fixture.path("piped.db"));
    assert_eq!(stored(&piped), runs());
}

#[test]
fn files_that_are_not_exports_are_refused_early() {
    let fixture = Fixture::new();
    fs::write(fixture.path("text"), "a line\n".repeat(1000)).expect("written");
    for from in ["missing.jsonl", "text"] {
        let output = fixture
            .execlog(&["import", "--db", "new.db", from])
            .output();
        let output = output.expect("it runs");
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(said.lines().count() <= 21, "{said}");
    }
    assert!(!fixture.path("missing.db").exists());
}

#[test]
fn an_import_without_runs_creates_no_log() {
    let fixture = Fixture::new();
    fs::write(fixture.path("text"), "not a run\n").expect("written");
    for kind in ["sqlite", "native-v2"] {
        let import = ["import", "--db", "new.graph", "--create", kind, "text"];
        let output = fixture.execlog(&import).output().expect("it runs");
        assert_eq!(output.status.code(), Some(1));
        for file in ["new.graph", "new.wal", "new.checkpoint"] {
            assert!(!fixture.path(file).exists(), "{kind}: {file}");
        }
    }
}
