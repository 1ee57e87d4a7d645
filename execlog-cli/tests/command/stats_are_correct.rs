//! `stats` computes the right figures and finds regressions.

use crate::fixture::{Fixture, program, said};
use execlog::{ExecutionLog, StoredRun};
use insta::assert_snapshot;
use serde_json::{Value, json};
use tempfile::TempDir;

const STATISTICS: &[&[&str]] = &[
    &["stats"],
    &["stats", "--by", "version", "--slowest", "2"],
    &["stats", "--by", "day", "--slowest", "0"],
    &["stats", "--by", "host", "--slowest", "0"],
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

/// A log of runs of one command whose contexts have these details.
fn log_with(details: impl IntoIterator<Item = Value>) -> TempDir {
    let details: Vec<_> = details.into_iter().collect();
    let mut runs = runs(&vec![1000; details.len()]);
    for (run, details) in runs.iter_mut().zip(details) {
        let mut context = json!({
            "execution_id": run.record.execution_id,
            "started_at_ms": run.record.started_at * 1000,
            "crashed": false,
        });
        for (name, value) in details.as_object().expect("an object") {
            context[name] = value.clone();
        }
        run.context = serde_json::from_value(context).expect("a context");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let log = ExecutionLog::new(folder.path().join("code.db"));
    log.maintenance().import(&runs).expect("imported");
    folder
}

fn said_in(folder: &TempDir, arguments: &[&str]) -> String {
    let mut stats = program(folder.path());
    stats.args(arguments).env("COLUMNS", "80");
    said(&mut stats, arguments)
}

#[test]
fn phases_have_percentiles_of_their_own() {
    let phase = |name: &str, millis: i64| json!({"name": name, "started_after_us": 0, "duration_us": millis * 1000, "times": 2});
    let folder = log_with((1..=20).map(|number| {
        let parse = phase("parse", number * 10);
        if number <= 10 {
            json!({"phases": [parse, phase("write", 400)]})
        } else {
            json!({"phases": [parse]})
        }
    }));
    let stats = ["stats", "--by", "phase", "--slowest", "0"];
    let formats = ["table", "json", "csv"];
    let formats =
        formats.map(|format| said_in(&folder, &[&stats[..], &["--format", format]].concat()));
    assert_snapshot!("stats_by_phase", formats.join("\n"));
    let mut wide = program(folder.path());
    let wide = wide.args(stats).env("COLUMNS", "200");
    let wide = said(wide, &stats);
    assert!(!wide.contains("FILES/S"), "a phase has no speed: {wide}");
    let none = Fixture::new().said(&["stats", "--by", "phase", "--slowest", "0"]);
    assert!(
        none.ends_with("\nNone of these runs has phases\n"),
        "{none}"
    );
}

#[test]
fn cpu_time_and_memory_are_shown_where_there_are_any() {
    let cost = |number: i64| json!({"cpu_ms": number * 10, "peak_memory_bytes": number << 20});
    let folder = log_with((1..=3).map(cost));
    let stats = ["stats", "--cost", "--slowest", "0"];
    let formats = ["table", "json", "csv"];
    let formats =
        formats.map(|format| said_in(&folder, &[&stats[..], &["--format", format]].concat()));
    assert_snapshot!("stats_cost", formats.join("\n"));
    let without = said_in(&folder, &["stats", "--slowest", "0"]);
    assert!(
        !without.contains("MEMORY"),
        "contexts are not read: {without}"
    );
    let unknown = Fixture::new().said(&stats);
    assert!(!unknown.contains("MEMORY"), "{unknown}");
}

#[test]
fn a_regression_is_sought_in_cpu_time_or_memory() {
    let cost =
        |cpu: i64, mebibytes: i64| json!({"cpu_ms": cpu, "peak_memory_bytes": mebibytes << 20});
    let before = || std::iter::repeat_n(cost(100, 64), 4);
    let busy = log_with(before().chain([cost(130, 64), cost(140, 64), cost(126, 64)]));
    let large = log_with(before().chain([cost(100, 96), cost(100, 128), cost(100, 96)]));
    let stats = [
        "stats",
        "--slowest",
        "0",
        "--fail-on-regression",
        "25%",
        "--of",
    ];
    for (folder, of, found) in [
        (&busy, "duration", None),
        (
            &busy,
            "cpu",
            Some(
                "index needs more CPU time: the last runs took 130 ms, 140 ms, 126 ms; the median before was 100 ms",
            ),
        ),
        (&busy, "memory", None),
        (&large, "cpu", None),
        (
            &large,
            "memory",
            Some(
                "index needs more memory: the last runs took 96.00 MiB, 128.00 MiB, 96.00 MiB; the median before was 64.00 MiB",
            ),
        ),
    ] {
        let said = said_in(folder, &[&stats[..], &[of]].concat());
        assert_eq!(said.ends_with("exit code 3\n"), found.is_some(), "{said}");
        assert!(said.contains(found.unwrap_or("")), "{said}");
        let json = said_in(folder, &[&stats[..], &[of, "--format", "json"]].concat());
        let is_named = json.contains(&format!("\"of\": \"{of}\""));
        assert_eq!(is_named, found.is_some(), "{json}");
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

/// The exit code, standard output and standard error of `execlog stats` with these arguments on these runs.
fn stats(runs: &[StoredRun], arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let log = ExecutionLog::new(folder.path().join("code.db"));
    log.maintenance().import(runs).expect("imported");
    let mut stats = program(folder.path());
    let output = stats
        .args(["stats", "--db", "code.db"])
        .args(arguments)
        .output();
    let output = output.expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn nothing_to_compare_is_said_and_fails_only_a_check() {
    let runs = runs(&[100; 6]);
    let nothing = "nothing to compare: no group of runs has durations both since the time of `--against` \
         and before\n";
    let failing = nothing.replace('\n', "; choose another time, or pass `--allow-empty`\n");
    let check = ["--fail-on-regression", "25%"];
    for against in ["2000-01-01", "2100-01-01"] {
        let against = ["--against", against];
        let (code, _, said) = stats(&runs, &against);
        assert_eq!((code, said.as_str()), (Some(0), nothing));
        let (code, _, said) = stats(&runs, &[&against[..], &check].concat());
        assert_eq!((code, &said), (Some(3), &failing));
        let allowed = [&against[..], &check, &["--allow-empty"]].concat();
        let (code, _, said) = stats(&runs, &allowed);
        assert_eq!((code, said.as_str()), (Some(0), nothing));
    }
    let none = [&["--command", "nothing", "--against", "7d"][..], &check].concat();
    let (code, _, said) = stats(&runs, &none);
    assert_eq!((code, &said), (Some(3), &failing));
    let middle = jiff::Timestamp::from_second(runs[3].record.started_at).expect("a time");
    let both = [
        "--against",
        &middle.to_string(),
        "--fail-on-regression",
        "25%",
    ];
    assert_eq!(stats(&runs, &both).0, Some(0));
    assert_eq!(stats(&runs, &both).2, "");
}

#[test]
fn too_few_runs_for_a_regression_are_said_and_do_not_fail() {
    let check = ["--fail-on-regression", "25%"];
    let said = |which: &str| {
        format!("nothing to compare for a regression: no command has 4 successful runs {which}\n")
    };
    let durations = said("whose durations can be compared");
    assert_eq!(stats(&runs(&[100; 4]), &check).2, "");
    let few = runs(&[100; 3]);
    for selection in [&[][..], &["--command", "nothing"]] {
        let (code, _, note) = stats(&few, &[&check, selection].concat());
        assert_eq!((code, &note), (Some(0), &durations));
        assert_eq!(stats(&few, selection).2, "");
    }
    // Each command has too few.
    let mut two = runs(&[100; 6]);
    for run in &mut two[3..] {
        run.record.args = r#"["watch"]"#.to_owned();
    }
    assert_eq!(stats(&two, &check).2, durations);
    let memory = [&check[..], &["--of", "memory"]].concat();
    let (code, _, note) = stats(&runs(&[100; 6]), &memory);
    assert_eq!((code, note), (Some(0), said("with a peak memory")));
    // Runs on both sides of `--against`, but not enough.
    let middle = jiff::Timestamp::from_second(few[1].record.started_at).expect("a time");
    let middle = middle.to_string();
    let against = [&check[..], &["--against", &middle]].concat();
    assert_eq!(stats(&few, &against).2, durations);
}

/// The same runs as magellan 4.17 writes them.
fn of_magellan(runs: Vec<StoredRun>) -> Vec<StoredRun> {
    let runs = runs.into_iter().map(|mut run| {
        run.record.execution_id = format!("{:x}-7759", run.record.started_at);
        run
    });
    runs.collect()
}

#[test]
fn durations_of_magellan_are_marked_and_not_compared_with_exact_ones() {
    let old = of_magellan(runs(&[1500; 3]));
    let mut new = runs(&[1000, 1000, 1000, 1000]);
    for run in &mut new {
        run.record.id += 10;
        run.record.started_at += 3600;
    }
    let since = jiff::Timestamp::from_second(new[0].record.started_at).expect("a time");
    let since = since.to_string();
    let all = [old.clone(), new.clone()].concat();
    let (_, shown, said) = stats(&all, &["--against", &since]);
    assert!(said.starts_with(
        "not compared, because durations of magellan are up to 1 s too long: 3 runs;"
    ));
    assert!(said.contains("nothing to compare"), "{said}");
    assert!(shown.contains("max ~1.50 s"), "{shown}");
    assert!(!shown.contains("-33 %"), "{shown}");
    let (_, shown, said) = stats(&all, &["--against", &since, "--approximate"]);
    assert_eq!(said, "");
    assert!(shown.contains("-33 %"), "{shown}");
    let (_, shown, _) = stats(&new, &[]);
    assert!(!shown.contains('~'), "{shown}");

    // Among themselves, they are compared.
    let mut older = of_magellan(runs(&[3000; 3]));
    for run in &mut older {
        run.record.id += 20;
        run.record.started_at -= 3600;
        run.record.execution_id = format!("{:x}-7759", run.record.started_at);
    }
    let since = jiff::Timestamp::from_second(old[0].record.started_at).expect("a time");
    let both = [older, old].concat();
    let (_, shown, said) = stats(&both, &["--against", &since.to_string()]);
    assert_eq!(said, "");
    assert!(shown.contains("-50 %"), "{shown}");
}

#[test]
fn a_regression_is_not_found_between_magellan_and_exact_durations() {
    let mut all = of_magellan(runs(&[900, 900, 900, 900]));
    let mut new = runs(&[1400, 1400, 1400]);
    for run in &mut new {
        run.record.id += 10;
        run.record.started_at += 3600;
    }
    all.extend(new);
    let check = ["--fail-on-regression", "25%"];
    assert_eq!(stats(&all, &check).0, Some(0));
    assert_eq!(
        stats(&all, &[&check[..], &["--approximate"]].concat()).0,
        Some(3)
    );
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
