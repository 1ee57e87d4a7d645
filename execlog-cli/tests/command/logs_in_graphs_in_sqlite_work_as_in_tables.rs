//! A log in a graph in SQLite works as a log in a table.

use crate::fixture::{Fixture, program, runs};
use execlog::{ExecutionLog, Invocation};
use std::fs;
use std::path::Path;

/// The runs of the fixture in a graph in `graph.db`.
fn fixture() -> Fixture {
    let fixture = Fixture::new();
    let log = ExecutionLog::new(fixture.path("graph.db"))
        .maintenance()
        .in_graph();
    log.maintenance().import(&runs()).expect("imported");
    for lock in ["live.lock", "dead.lock"] {
        fs::rename(
            fixture.path("code.db.execlog").join(lock),
            fixture.path("graph.db.execlog").join(lock),
        )
        .expect("moved");
    }
    fixture
}

/// The output for the log in the graph, with its name replaced by that of the log in the table.
fn said(fixture: &Fixture, arguments: &[&str]) -> String {
    let said = fixture.said(&[arguments, &["--db", "graph.db"]].concat());
    let said = said.replace("the graph in `graph.db`", "`code.db`");
    said.replace(" --db graph.db", "")
        .replace("graph.db", "code.db")
}

const READING: [&[&str]; 8] = [
    &["list"],
    &["list", "--failed", "--format", "json"],
    &["list", "-n", "3", "--oldest-first"],
    &["show", "latest"],
    &["stats"],
    &["tail"],
    // A checkpoint has the id of the log.
    &["export", "--without-seals"],
    &["verify", "--secrets"],
];

#[test]
fn reading_shows_the_same_as_a_table_and_changes_no_byte() {
    let (in_table, in_graph) = (Fixture::new(), fixture());
    let bytes = || fs::read(in_graph.path("graph.db")).expect("reads");
    let before = bytes();
    for arguments in READING {
        assert_eq!(said(&in_graph, arguments), in_table.said(arguments));
    }
    assert!(bytes() == before, "reading altered the file");
}

#[test]
fn changes_have_the_same_effect_as_in_a_table() {
    let (in_table, in_graph) = (Fixture::new(), fixture());
    for arguments in [
        &["settle"][..],
        &["prune", "--keep-last", "5", "--yes"],
        &["verify", "--repair"],
        &["list"],
    ] {
        assert_eq!(said(&in_graph, arguments), in_table.said(arguments));
    }
    let table: i64 = rusqlite::Connection::open(in_graph.path("graph.db"))
        .and_then(|connection| {
            let sql = "SELECT count(*) FROM sqlite_master WHERE name = 'execution_log'";
            connection.query_row(sql, [], |row| row.get(0))
        })
        .expect("reads");
    assert_eq!(table, 0, "a second log was created");
}

#[test]
fn imports_are_refused_while_a_run_goes_on() {
    let fixture = fixture();
    let import = ["import", "--db", "graph.db", "code.db"];
    let refused = fixture.said(&import);
    assert!(
        refused.contains("`graph.db` is in use by run `01a20844-"),
        "{refused}"
    );
    fs::remove_dir_all(fixture.path("graph.db.execlog")).expect("removed");
    fixture.execlog(&import).assert().success();
}

/// The commands of the listed runs, and standard error.
fn listed(folder: &Path, arguments: &[&str]) -> (String, String) {
    let output = program(folder)
        .args(["list", "--format", "{command}"])
        .args(arguments)
        .output()
        .expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (text(output.stdout), text(output.stderr))
}

#[test]
fn both_logs_of_a_file_can_be_listed_and_are_verified() {
    let fixture = fixture();
    let file = fixture.path("graph.db");
    let table = ExecutionLog::new(&file);
    table.begin(Invocation::new(["in-table"])).succeed();
    let note = "`graph.db` has two logs: this one is in the table `execution_log`; `--in-graph` uses \
         the one in the graph\n";
    let db = ["--db", "graph.db"];
    let expected = ("in-table\n".to_owned(), note.to_owned());
    assert_eq!(listed(&fixture.path(""), &db), expected);
    let (in_graph, said) = listed(&fixture.path(""), &[&db[..], &["--in-graph"]].concat());
    assert_eq!((in_graph.lines().count(), said.as_str()), (13, ""));

    let verify = ["verify", "--db", "graph.db"];
    insta::assert_snapshot!(fixture.said(&verify));
    let connection = rusqlite::Connection::open(&file).expect("opens");
    connection
        .execute("DELETE FROM kv_store WHERE key LIKE '%,53'", [])
        .expect("damaged");
    let output = fixture.execlog(&verify).output().expect("it runs");
    assert_eq!(output.status.code(), Some(3));

    let merge = ["import", "--db", "graph.db", "runs.jsonl"];
    let export = [
        "export",
        "--db",
        "graph.db",
        "--in-graph",
        "--without-seals",
        "-o",
        "runs.jsonl",
    ];
    fixture.execlog(&export).assert().success();
    fixture.execlog(&merge).assert().success();
    assert!(listed(&fixture.path(""), &db).0.lines().count() > 10);
}

#[test]
fn in_graph_fails_without_a_graph() {
    let fixture = Fixture::new();
    let said = fixture.said(&["list", "--in-graph"]);
    assert!(said.contains("leave out `--in-graph`"), "{said}");
}

#[test]
fn commands_are_not_recorded_in_a_graph() {
    let fixture = fixture();
    fs::remove_file(fixture.path("code.db")).expect("removed");
    let before = fs::read(fixture.path("graph.db")).expect("reads");
    let record = ["record", "--", "true"];
    let named = ["record", "--db", "graph.db", "--", "true"];
    let mut unnamed = fixture.execlog(&record);
    let output = unnamed.env_remove("EXECLOG_DB").output().expect("it runs");
    assert_eq!(String::from_utf8(output.stderr).expect("text"), "");
    let own = ExecutionLog::read_only(fixture.path(".local/state/execlog/log.db"));
    assert_eq!(own.list_all(None).expect("reads").len(), 1);
    let output = fixture.execlog(&named).output().expect("it runs");
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(
        said.contains("the log in `graph.db` is in a graph"),
        "{said}"
    );
    assert!(output.status.success());
    assert!(fs::read(fixture.path("graph.db")).expect("reads") == before);
}
