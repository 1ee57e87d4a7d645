//! `stats` computes the right figures and finds regressions.

use crate::fixture::{Fixture, program};
use execlog::{ExecutionLog, StoredRun};
use insta::assert_snapshot;

const STATISTICS: &[&[&str]] = &[
    &["stats"],
    &["stats", "--by", "version", "--slowest", "2"],
    &["stats", "--by", "day", "--slowest", "0"],
    &["stats", "--against", "4d", "--slowest", "0"],
    &["stats", "--command", "nothing"],
];

#[test]
fn tables_fit_the_screen() {
    let fixture = Fixture::new();
    for columns in [80, 200] {
        let said = STATISTICS
            .iter()
            .map(|arguments| fixture.said_at(columns, arguments));
        let said: Vec<_> = said.collect();
        assert_snapshot!(format!("stats_{columns}"), said.join("\n"));
    }
}

#[test]
fn json_and_csv_are_reviewed() {
    let fixture = Fixture::new();
    for format in ["json", "csv"] {
        let said = fixture.said(&["stats", "--against", "4d", "--format", format]);
        assert_snapshot!(format!("stats_{format}"), said);
    }
}

/// Runs of one command with these durations, one after the other.
fn runs(durations: &[i64]) -> Vec<StoredRun> {
    let template = crate::fixture::runs().swap_remove(0);
    let runs = (1..).zip(durations).map(|(number, took)| {
        let mut run = template.clone();
        run.context = None;
        run.record.id = number;
        run.record.execution_id = format!("run-{number}");
        run.record.started_at += number * 60;
        run.record.duration_ms = Some(*took);
        run
    });
    runs.collect()
}

#[test]
fn three_slower_runs_in_a_row_are_a_regression() {
    let steady = [100, 110, 90, 100, 105];
    for (last, code) in [
        ([130, 140, 126], 3),
        ([130, 124, 140], 0),
        ([100, 100, 300], 0),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let log = ExecutionLog::new(folder.path().join("code.db"));
        log.maintenance()
            .import(&runs(&[&steady[..], &last].concat()))
            .expect("imported");
        let mut stats = program(folder.path());
        stats.args(["stats", "--fail-on-regression", "25%"]);
        let output = stats.output().expect("it runs");
        assert_eq!(output.status.code(), Some(code), "{last:?}");
        let said = String::from_utf8(output.stdout).expect("text");
        let found = "index has become slower: the last runs took 130 ms, 140 ms, 126 ms; the median \
             before was 100 ms";
        assert_eq!(said.contains(found), code == 3, "{said}");
    }
}

#[test]
fn regressions_use_start_times_not_import_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = ExecutionLog::new(folder.path().join("code.db"));
    log.maintenance()
        .import(&runs(&[100; 6]))
        .expect("imported");
    let older = runs(&[900; 4]).into_iter().map(|mut run| {
        run.record.execution_id.insert_str(0, "older-");
        run.record.started_at -= 86400;
        run
    });
    log.maintenance()
        .import(&older.collect::<Vec<_>>())
        .expect("imported");
    let mut stats = program(folder.path());
    stats
        .args(["stats", "--fail-on-regression", "25%"])
        .assert()
        .success();
}
