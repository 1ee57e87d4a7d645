//! An export ends with its seals and a checkpoint, and an import says which runs do not match them.

use crate::fixture::{Fixture, RUNS, runs};
use crate::tampering::{Said, said};
use execlog::{ExecutionLog, Invocation, RunSelector, StoredRun};
use std::fs;

impl Fixture {
    fn import(&self, lines: &str) -> Said {
        fs::write(self.path("in.jsonl"), lines).expect("written");
        let _ = fs::remove_file(self.path("new.db"));
        let _ = fs::remove_dir_all(self.path("new.db.execlog"));
        let from_file = self.run(&["import", "--db", "new.db", "in.jsonl"]);
        // What comes through a pipe is told the same.
        let _ = fs::remove_file(self.path("new.db"));
        let _ = fs::remove_dir_all(self.path("new.db.execlog"));
        let mut import = self.execlog(&["import", "--db", "new.db", "-"]);
        let piped = said(import.write_stdin(lines));
        assert_eq!(
            (piped.code, &piped.errors),
            (from_file.code, &from_file.errors)
        );
        from_file
    }

    fn imported(&self) -> Vec<StoredRun> {
        let log = ExecutionLog::read_only(self.path("new.db"));
        let runs = log.runs().as_added().into_iter();
        runs.map(|run| run.expect("it reads").into()).collect()
    }

    fn exported(&self) -> String {
        self.keep(&["export"], "out.jsonl")
    }
}

fn without(lines: &str, left_out: &str) -> String {
    let lines = lines.split_inclusive('\n');
    lines.filter(|line| !line.contains(left_out)).collect()
}

#[test]
fn an_export_of_all_runs_ends_with_its_seals_and_a_checkpoint() {
    let fixture = Fixture::new();
    let exported = fixture.exported();
    let lines: Vec<_> = exported
        .strip_prefix(RUNS)
        .expect("the runs")
        .lines()
        .collect();
    assert_eq!(lines.len(), 14);
    let mut seal =
        String::from(r#"{"execlog":1,"seal":{"sequence":1,"run":1,"event":"imported","digest":""#);
    assert!(lines[0].starts_with(&seal), "{}", lines[0]);
    seal.push_str(&"f".repeat(64));
    assert_eq!(lines[0].len(), seal.len() + 3);
    let checkpoint = fixture.run(&["checkpoint"]).output.replace('\n', "\\n");
    let end = format!(r#"{{"execlog":1,"checkpoint":"{checkpoint}","seals_before":13}}"#);
    assert_eq!(lines[13], end);
    for some in [
        &["--without-seals"][..],
        &["-n", "20"],
        &["--failed"],
        &["--since", "7d"],
    ] {
        let some = fixture.run(&[&["export"], some].concat());
        assert!(!some.output.contains("\"seal\"") && !some.output.contains("\"checkpoint\""));
        assert!(some.output.contains("\"record\""));
    }
    let to_file = fixture.run(&["export", "-o", "file.jsonl"]);
    assert_eq!(to_file.code, Some(0), "{}", to_file.errors);
    assert_eq!(
        fs::read_to_string(fixture.path("file.jsonl")).expect("there"),
        exported
    );
}

#[test]
fn an_import_says_that_all_runs_match_their_seals() {
    let fixture = Fixture::new();
    let said = fixture.import(&fixture.exported());
    assert_eq!(said.code, Some(0), "{}", said.errors);
    assert!(
        said.errors
            .contains("checked against their seals: 13 runs\n"),
        "{}",
        said.errors
    );
    assert_eq!(fixture.imported(), runs());
    // Ended, settled, pinned and removed since.
    fixture.record();
    fixture.execlog(&["settle"]).assert().success();
    fixture.execlog(&["pin", "#2"]).assert().success();
    fixture
        .execlog(&["prune", "--keep-last", "8", "--yes"])
        .assert()
        .success();
    let said = fixture.import(&fixture.exported());
    assert_eq!(said.code, Some(0), "{}", said.errors);
    assert!(
        said.errors.contains("checked against their seals: "),
        "{}",
        said.errors
    );
}

#[test]
fn an_export_without_seals_is_imported_as_before() {
    let fixture = Fixture::new();
    let said = fixture.import(RUNS);
    assert_eq!(said.code, Some(0), "{}", said.errors);
    assert!(!said.errors.contains("seal"), "{}", said.errors);
    assert_eq!(fixture.imported(), runs());
}

#[test]
fn each_change_of_an_export_is_told_and_the_runs_are_imported() {
    let fixture = Fixture::new();
    let exported = fixture.exported();
    let lines: Vec<_> = exported.lines().collect();
    let seal = |number: usize| lines[12 + number];
    let digest = |number: usize| seal(number).rsplit('"').nth(1).expect("a digest");
    let removed = format!("{}\n", lines[5]);
    for (change, lines, problem) in [
        (
            "edited",
            exported.replacen("\"symbols_indexed\":3300", "\"symbols_indexed\":3301", 1),
            "run 1, `01a1d9ed-c249-7000-8000-000000000001`, was changed since seal 1",
        ),
        (
            "removed",
            exported.replacen(&removed, "", 1),
            "run 6 is missing",
        ),
        (
            "resealed",
            exported.replace(digest(3), digest(4)),
            "the seals are not those of the checkpoint",
        ),
        ("unsealed", without(&exported, seal(4)), "seal 4 is missing"),
        (
            "cut off",
            without(&exported, "\"checkpoint\""),
            "the checkpoint after the seals is missing",
        ),
        (
            "shortened",
            without(&exported, seal(13)),
            "the checkpoint is of 13 seals, and the last seal is 12",
        ),
        (
            "stripped",
            without(&exported, "\"seal\""),
            "the 13 seals of the checkpoint are missing",
        ),
    ] {
        assert_ne!(lines, exported, "{change}");
        let said = fixture.import(&lines);
        assert_eq!(said.code, Some(3), "{change}: {}", said.errors);
        assert!(
            said.errors.contains(&format!("error: {problem}")),
            "{change}: {}",
            said.errors
        );
        assert!(
            said.errors.contains("that has not stopped the import"),
            "{}",
            said.errors
        );
        assert!(fixture.imported().len() >= 12, "{change}");
    }
}

/// A run that is put in has no seal: it may be of another program.
#[test]
fn a_run_without_a_seal_is_counted() {
    let fixture = Fixture::new();
    let exported = fixture.exported();
    let last = RUNS.lines().last().expect("a line");
    let more = last
        .replace("\"id\":13", "\"id\":14")
        .replace("00000000000d", "00000000000e");
    let said = fixture.import(&exported.replace(last, &format!("{last}\n{more}")));
    assert_eq!(said.code, Some(0), "{}", said.errors);
    let counted = "checked against their seals: 13 runs, 1 without one\n";
    assert!(said.errors.contains(counted), "{}", said.errors);
}

#[test]
fn what_was_changed_in_the_log_is_told_by_its_export() {
    let fixture = Fixture::new();
    fixture.tamper(
        "UPDATE execution_log SET outcome = 'success', error_message = NULL WHERE outcome = 'error';
         DELETE FROM execution_log WHERE id = 6;",
    );
    let said = fixture.import(&fixture.exported());
    assert_eq!(said.code, Some(3), "{}", said.errors);
    assert!(
        said.errors.contains("was changed since seal"),
        "{}",
        said.errors
    );
    assert!(
        said.errors.contains("error: run 6 is missing"),
        "{}",
        said.errors
    );
}

#[test]
fn exports_that_are_put_together_are_checked_one_by_one() {
    let fixture = Fixture::new();
    let exported = fixture.exported();
    let other = Fixture::new();
    other
        .execlog(&["prune", "--keep-last", "3", "--yes"])
        .assert()
        .success();
    other.record();
    let other = other.exported();
    for (lines, checked) in [
        (
            format!("{exported}{other}"),
            "checked against their seals: ",
        ),
        (format!("{RUNS}{other}"), ", 13 without one\n"),
        (
            format!("{exported}{RUNS}"),
            "checked against their seals: 13 runs, 13 without one\n",
        ),
    ] {
        let said = fixture.import(&lines);
        assert_eq!(said.code, Some(0), "{}", said.errors);
        assert!(said.errors.contains(checked), "{}", said.errors);
    }
    let changed = exported.replacen("\"symbols_indexed\":3300", "\"symbols_indexed\":3301", 1);
    assert_eq!(fixture.import(&format!("{other}{changed}")).code, Some(3));
    assert_eq!(fixture.import(&format!("{changed}{other}")).code, Some(3));
}

/// Runs begin, end and go while others are exported.
#[test]
fn a_log_that_is_written_while_it_is_exported_raises_no_alarm() {
    let fixture = Fixture::new();
    let path = fixture.path("code.db");
    let is_done = std::sync::atomic::AtomicBool::new(false);
    let exports: Vec<Said> = std::thread::scope(|scope| {
        scope.spawn(|| {
            let log = ExecutionLog::new(&path);
            while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                log.begin(Invocation::new(["index"])).succeed();
                let oldest = log.runs().as_added().limit(1).into_iter().next();
                let oldest = oldest
                    .and_then(Result::ok)
                    .map(|run| run.record.execution_id);
                let _ = log.maintenance().remove(oldest.as_deref().as_slice());
            }
        });
        let exports = (0..10).map(|_| fixture.run(&["export"])).collect();
        is_done.store(true, std::sync::atomic::Ordering::Relaxed);
        exports
    });
    for export in exports {
        assert_eq!(export.code, Some(0), "{}", export.errors);
        let said = fixture.import(&export.output);
        assert_eq!(said.code, Some(0), "{}", said.errors);
    }
}

/// magellan writes no seals.
#[test]
fn a_run_that_another_program_has_ended_is_counted_as_unsealed() {
    let fixture = Fixture::new();
    let running = fixture
        .log()
        .find(RunSelector::latest())
        .expect("read")
        .expect("a run");
    let end = format!(
        "UPDATE execution_log SET outcome = 'success', finished_at = started_at + 5, duration_ms = 5000,
             files_indexed = 3 WHERE id = {}",
        running.record.id
    );
    fixture.record();
    fixture.tamper(&end);
    let said = fixture.import(&fixture.exported());
    assert_eq!(said.code, Some(0), "{}", said.errors);
    assert!(said.errors.contains(", 1 without one\n"), "{}", said.errors);
}

#[test]
fn damaged_seals_are_an_error_and_the_runs_are_exported() {
    let fixture = Fixture::new();
    fixture.tamper("DELETE FROM execlog_seal WHERE sequence = 5");
    let said = fixture.run(&["export"]);
    assert_eq!((said.code, said.output.as_str()), (Some(1), RUNS));
    assert!(said.errors.contains("--without-seals"), "{}", said.errors);
    assert_eq!(fixture.run(&["export", "--without-seals"]).code, Some(0));
    let lines = format!("{RUNS}{{\"execlog\":1,\"seal\":{{\"sequence\":1}}}}\n");
    let said = fixture.import(&lines);
    assert_eq!(said.code, Some(1));
    assert!(
        said.errors.contains("line 14: not a complete seal: "),
        "{}",
        said.errors
    );
    assert_eq!(fixture.imported(), runs());
}
