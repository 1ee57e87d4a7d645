//! A table has the columns that have something to show and fit the screen, under the names of `--fields`, and
//! an id that selects its run alone.

use crate::fixture::{Fixture, program, runs};
use execlog::{ExecutionLog, StoredRun};
use std::collections::HashSet;
use std::path::Path;

/// The standard output of a command that succeeds.
fn output(mut command: assert_cmd::Command) -> String {
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).expect("text")
}

/// The standard output of `execlog` on the log `log.db` in this folder, on a wide screen.
fn listed(folder: &Path, arguments: &[&str]) -> String {
    let mut program = program(folder);
    program.args(["--db", "log.db"]).args(arguments);
    program.env("COLUMNS", "200");
    output(program)
}

/// A log with these runs, as `log.db`.
fn log_of(runs: &[StoredRun]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let log = ExecutionLog::new(folder.path().join("log.db"));
    log.maintenance().import(runs).expect("imported");
    folder
}

fn headings(table: &str) -> Vec<&str> {
    let line = table.lines().next().unwrap_or_default();
    line.split_whitespace().collect()
}

#[test]
fn lines_are_not_longer_than_a_narrow_screen() {
    let fixture = Fixture::new();
    let tables: [&[&str]; 7] = [
        &["list"],
        &["list", "--utc"],
        &["list", "--failed"],
        &["tail"],
        &["settle"],
        &["stats"],
        &["stats", "--against", "3d"],
    ];
    for width in [40, 60, 72, 80, 100, 120] {
        for arguments in tables {
            let mut command = fixture.execlog(arguments);
            command.env("COLUMNS", width.to_string());
            let written = output(command);
            let mut table = written.lines();
            if arguments[0] == "stats" {
                table.find(|line| line.is_empty());
            }
            let mut lines = 0;
            for line in table {
                let length = line.chars().count() + line.matches(['日', '本', '語']).count();
                assert!(length <= width, "{arguments:?} at {width}: {line:?}");
                lines += 1;
            }
            assert!(lines > 1 || arguments[0] == "settle", "{arguments:?}");
        }
    }
    let headings = |width: &str| {
        let mut command = fixture.execlog(&["list"]);
        command.env("COLUMNS", width);
        let table = output(command);
        headings(&table).join(" ")
    };
    assert_eq!(headings("40"), "RUN STATUS ARGUMENTS");
    assert_eq!(headings("60"), "RUN STARTED STATUS DURATION ARGUMENTS");
}

#[test]
fn columns_without_a_value_are_left_out() {
    let fixture = Fixture::new();
    let of = |arguments: &[&str]| {
        let mut command = fixture.execlog(arguments);
        command.env("COLUMNS", "200");
        output(command)
    };
    let some = of(&["list", "--command", "status"]);
    assert_eq!(
        headings(&some),
        [
            "RUN",
            "STARTED",
            "STATUS",
            "DURATION",
            "VERSION",
            "ARGUMENTS"
        ]
    );
    let failed = of(&["list", "--outcome", "error"]);
    let failed = headings(&failed);
    assert!(
        failed.contains(&"EXIT") && failed.contains(&"ERROR"),
        "{failed:?}"
    );
    let chosen = of(&[
        "list",
        "--command",
        "status",
        "--fields",
        "number,exit,error,parent",
    ]);
    assert_eq!(headings(&chosen), ["NUMBER", "EXIT", "ERROR", "PARENT"]);
}

#[test]
fn a_column_that_has_a_value_only_later_comes_in_later() {
    const RUNS: usize = 1200;
    let begun = |number: usize| {
        let mut run = runs().swap_remove(0);
        run.context = None;
        run.record.id = i64::try_from(number).expect("a number");
        run.record.execution_id = format!("{number:08}-run");
        run.record.started_at += run.record.id;
        run.record.finished_at = None;
        run
    };
    let mut runs: Vec<_> = (1..=RUNS).map(begun).collect();
    runs[0].record.outcome = "error".to_owned();
    runs[0].record.error_message = Some("the first run failed".to_owned());
    let folder = log_of(&runs);
    let table = listed(folder.path(), &["list"]);
    let headings = table.lines().filter(|line| line.starts_with("RUN "));
    let headings: Vec<_> = headings.map(|line| line.contains("ERROR")).collect();
    assert_eq!(headings, [false, true]);
    assert_eq!(table.lines().count(), RUNS + 2);
    let last = table.lines().next_back().expect("a line");
    assert!(last.ends_with("the first run failed"), "{last}");
}

#[test]
fn headings_are_names_of_fields() {
    let fixture = Fixture::new();
    let every = "number,run,execution_id,started,arguments,database,folder,process,references";
    for names in [every, &every.to_uppercase()] {
        let table = output(fixture.execlog(&["list", "--fields", names]));
        let expected: Vec<_> = every.split(',').map(str::to_uppercase).collect();
        assert_eq!(headings(&table), expected);
    }
    let line = ["list", "-n", "1", "--format", "{number} {Id} {RUN}"];
    assert_eq!(output(fixture.execlog(&line)), "13 13 01a20844-4295\n");
}

#[test]
fn a_short_id_is_lengthened_until_it_selects_its_run_alone() {
    const IDS: [&str; 6] = [
        "01a1d9ed-c249-7000-8000-000000000001",
        "01a1d9ed-c249-7000-8000-000000000002",
        "01a1d9ed-c249-7001-8000-000000000003",
        "01a1d9ed-c24a-7000-8000-000000000004",
        "6b042160-7759",
        "6b042160-77590",
    ];
    let of_id = |id: &&str| {
        let mut run = runs().swap_remove(0);
        run.context = None;
        run.record.id = 0;
        (*id).clone_into(&mut run.record.execution_id);
        run
    };
    let folder = log_of(&IDS.iter().map(of_id).collect::<Vec<_>>());
    let shown = |arguments: &[&str]| {
        let lines = listed(folder.path(), arguments);
        let ids = lines.lines().filter(|line| !line.starts_with("RUN"));
        let ids = ids.filter_map(|line| line.split_whitespace().next());
        ids.map(str::to_owned).collect::<Vec<_>>()
    };
    let table = shown(&["list"]);
    assert_eq!(table, shown(&["list", "--format", "{run}"]));
    let expected = [
        "01a1d9ed-c249-7001",
        "01a1d9ed-c24a",
        "6b042160-7759",
        "6b042160-77590",
    ];
    assert!(
        expected
            .iter()
            .all(|id| table.iter().any(|shown| shown == id)),
        "{table:?}"
    );
    let found = table
        .iter()
        .map(|id| listed(folder.path(), &["show", id, "--format", "{execution_id}"]));
    let found: HashSet<_> = found.collect();
    assert_eq!(found.len(), IDS.len(), "{found:?}");
    // Also where the other run with this beginning is not shown.
    let alone = shown(&["list", "--text", "000000000001"]);
    assert_eq!(alone, [IDS[0]]);
}

#[test]
fn digits_are_the_number_of_a_run_or_else_the_beginning_of_an_id() {
    let number = |number: i64, id: &str| {
        let mut run = runs().swap_remove(0);
        run.context = None;
        run.record.id = number;
        id.clone_into(&mut run.record.execution_id);
        run
    };
    let folder = log_of(&[
        number(1, "29000000-first"),
        number(29, "by-number"),
        number(30, "77"),
        number(77, "of-77"),
        number(2, "05-zero"),
        number(5, "five"),
    ]);
    let id = |run: &str| listed(folder.path(), &["show", run, "--format", "{execution_id}"]);
    assert_eq!(id("29"), "by-number\n");
    assert_eq!(id("#29"), "by-number\n");
    assert_eq!(id("290"), "29000000-first\n", "no run has the number 290");
    assert_eq!(id("77"), "77\n", "a whole id");
    assert_eq!(id("05"), "05-zero\n", "a number does not begin with 0");
}
