//! `verify` names what was changed past the log, and `checkpoint` states what a log is.

use crate::fixture::Fixture;
use crate::tampering::said;
use execlog::Invocation;
use std::fs;

const SEALS: usize = 13;

#[test]
fn each_change_past_the_log_is_found_and_named() {
    for (change, found) in [
        (
            "UPDATE execution_log SET outcome = 'success', error_message = NULL WHERE id = 8",
            "run 8: ",
        ),
        (
            "UPDATE execution_log SET args = '[\"find\"]' WHERE id = 4",
            "run 4: ",
        ),
        (
            "UPDATE execution_log SET files_indexed = 7 WHERE id = 5",
            "run 5: ",
        ),
        (
            "UPDATE execlog_context SET user = 'eve' WHERE execution_id =
                 (SELECT execution_id FROM execution_log WHERE id = 2)",
            "run 2: ",
        ),
        (
            "DELETE FROM execlog_context WHERE execution_id =
                 (SELECT execution_id FROM execution_log WHERE id = 6);
             DELETE FROM execution_log WHERE id = 6",
            "run 6: the run is missing",
        ),
        (
            "UPDATE execution_log SET id = -1 WHERE id = 3;
             UPDATE execution_log SET id = 3 WHERE id = 4;
             UPDATE execution_log SET id = 4 WHERE id = -1",
            "run 4: the run has another number",
        ),
        (
            "DELETE FROM execlog_seal WHERE sequence = 9",
            "seal 9: the seal is missing",
        ),
        (
            "UPDATE execlog_seal SET run = 1 WHERE sequence = 9",
            "seal 9: ",
        ),
    ] {
        let fixture = Fixture::new();
        fixture.tamper(change);
        let said = fixture.run(&["verify"]);
        assert_eq!(said.code, Some(3), "{change}");
        let named = said.output.lines().any(|line| line.starts_with(found));
        assert!(named, "{change}: {}", said.output);
        assert!(
            said.output
                .contains("look at it, then accept with `--accept-loss`")
        );
        assert_eq!(
            fixture.run(&["verify", "--accept-loss"]).code,
            Some(0),
            "{change}"
        );
        assert_eq!(
            fixture.run(&["verify", "--strict"]).code,
            Some(0),
            "{change}"
        );
    }
}

const INSERTED: &str =
    "INSERT INTO execution_log SELECT 99, 'inserted', tool_version, args, root, db_path,
    started_at, finished_at, duration_ms, outcome, error_message, files_indexed, symbols_indexed,
    references_indexed FROM execution_log WHERE id = 4";

#[test]
fn a_run_without_a_seal_is_counted_and_a_finding_if_that_is_asked_for() {
    let fixture = Fixture::new();
    let whole = fixture.run(&["verify", "--strict"]);
    assert_eq!((whole.code, whole.output.as_str()), (Some(0), ""));
    assert!(
        whole.errors.contains(", 13 seals: no findings"),
        "{}",
        whole.errors
    );
    fixture.tamper(INSERTED);
    let counted = fixture.run(&["verify"]);
    assert_eq!((counted.code, counted.output.as_str()), (Some(0), ""));
    assert!(
        counted
            .errors
            .contains(", 13 seals, 1 unsealed: no findings"),
        "{}",
        counted.errors
    );
    let strict = fixture.run(&["verify", "--strict"]);
    assert_eq!(
        (strict.code, strict.output.as_str()),
        (Some(3), "run 99: has no seal\n")
    );
    assert!(
        strict.errors.contains(", 13 seals, 1 unsealed: 1 finding"),
        "{}",
        strict.errors
    );
    fixture.tamper(&INSERTED.replace("99", "100").replace("inserted", "another"));
    let strict = fixture.run(&["verify", "--strict"]);
    assert_eq!(
        (strict.code, strict.output.as_str()),
        (Some(3), "runs 99 to 100: have no seal\n")
    );
    assert_eq!(
        fixture.run(&["verify", "--strict", "--repair"]).code,
        Some(0)
    );
}

#[test]
fn a_checkpoint_is_three_lines_and_holds_as_long_as_nothing_is_changed() {
    let fixture = Fixture::new();
    let checkpoint = fixture.keep(&["checkpoint"], "then");
    let lines: Vec<_> = checkpoint.lines().collect();
    assert!(lines[0].starts_with("execlog/"), "{checkpoint}");
    assert_eq!((lines[1], lines.len()), (SEALS.to_string().as_str(), 3));
    assert_eq!(fixture.run(&["checkpoint"]).output, checkpoint);
    fixture.record();
    fixture.execlog(&["settle"]).assert().success();
    let pruned = fixture.run(&["prune", "--keep-last", "5", "--yes"]);
    assert_eq!(pruned.code, Some(0), "{}", pruned.errors);
    let held = fixture.run(&["verify", "--checkpoint", "then"]);
    let removed = "note: runs removed since the checkpoint: 9\n";
    assert_eq!(
        (held.code, held.output.as_str()),
        (Some(0), removed),
        "{}",
        held.errors
    );
    let mut piped = fixture.execlog(&["verify", "--checkpoint", "-"]);
    assert_eq!(said(piped.write_stdin(checkpoint)).code, Some(0));
    let now = fixture.keep(&["checkpoint"], "now");
    assert_ne!(now.lines().nth(1), Some("13"));
    assert_eq!(
        fixture.run(&["verify", "--checkpoint", "now"]).code,
        Some(0)
    );
}

/// Whoever can write the file can seal what he has changed. The checkpoint tells.
#[test]
fn a_checkpoint_shows_a_log_that_was_rebuilt_rolled_back_replaced_or_stripped() {
    let fixture = Fixture::new();
    let old = fs::read(fixture.path("code.db")).expect("reads");
    fixture.record();
    fixture.keep(&["checkpoint"], "kept");
    let against = || fixture.run(&["verify", "--checkpoint", "kept"]);
    assert_eq!(against().code, Some(0));
    let kept = fs::read(fixture.path("code.db")).expect("reads");
    let restore = |bytes: &[u8]| {
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(fixture.path(&format!("code.db{end}")));
        }
        fs::write(fixture.path("code.db"), bytes).expect("written");
    };
    let found = |problem: &str| {
        let said = against();
        assert_eq!(said.code, Some(3), "{problem}");
        let named = said
            .output
            .lines()
            .find(|line| line.starts_with("the checkpoint: "));
        assert!(
            named.is_some_and(|line| line.contains(problem)),
            "{problem}: {}",
            said.output
        );
    };
    // The head file beside the log would tell, too.
    let forget = || {
        let _ = fs::remove_file(fixture.path("code.db.execlog/head"));
    };

    fixture.tamper(
        "UPDATE execution_log SET files_indexed = 7 WHERE id = 5;
         UPDATE execlog_seal SET run = run + 1 WHERE sequence = 5;",
    );
    assert_eq!(fixture.run(&["verify", "--accept-loss"]).code, Some(0));
    assert_eq!(fixture.run(&["verify", "--strict"]).code, Some(0));
    found("");

    restore(&old);
    forget();
    assert_eq!(fixture.run(&["verify", "--strict"]).code, Some(0));
    found("the log was cut off or replaced by an older copy");

    restore(&kept);
    forget();
    fixture.tamper("DROP TABLE execlog_seal; DROP TABLE execlog_journal");
    assert_eq!(fixture.run(&["verify"]).code, Some(0));
    found("the log has no seals");

    let other = Fixture::new();
    other.record();
    restore(&fs::read(other.path("code.db")).expect("reads"));
    assert_eq!(fixture.run(&["verify", "--strict"]).code, Some(0));
    found("the checkpoint is of another log");
}

/// Accepting a change seals it, so the checkpoint alone would hold.
#[test]
fn a_change_that_was_accepted_since_the_checkpoint_is_a_finding() {
    let fixture = Fixture::new();
    fixture.keep(&["checkpoint"], "kept");
    let against = || fixture.run(&["verify", "--checkpoint", "kept"]);
    let ended = "UPDATE execution_log SET outcome = 'success', finished_at = started_at + 5,
        duration_ms = 5000, files_indexed = 3 WHERE id = 13";
    fixture.tamper(ended);
    fixture.record();
    assert_eq!(fixture.run(&["verify", "--accept-loss"]).code, Some(0));
    let said = against();
    assert_eq!(
        (said.code, said.output.as_str()),
        (Some(0), ""),
        "magellan ends runs without seals"
    );
    fixture
        .tamper("UPDATE execution_log SET outcome = 'success', error_message = NULL WHERE id = 4");
    assert_eq!(fixture.run(&["verify", "--accept-loss"]).code, Some(0));
    let said = against();
    assert_eq!(said.code, Some(3), "{}", said.errors);
    let found = "run 4: was changed past the log since the checkpoint, and accepted: ";
    assert!(said.output.starts_with(found), "{}", said.output);
    fixture.keep(&["checkpoint"], "kept");
    assert_eq!(against().code, Some(0));
}

#[test]
fn what_the_log_itself_has_changed_since_the_checkpoint_is_no_finding() {
    let fixture = Fixture::new();
    let log = fixture.log();
    let run = log.begin(Invocation::new(["index"]));
    fixture.keep(&["checkpoint"], "kept");
    let held = |notes: &str| {
        let said = fixture.run(&["verify", "--checkpoint", "kept"]);
        assert_eq!(
            (said.code, said.output.as_str()),
            (Some(0), notes),
            "{}",
            said.errors
        );
    };
    run.label("team", "search");
    run.succeed();
    held("");
    fixture.execlog(&["settle"]).assert().success();
    fixture
        .execlog(&["pin", "#2", "--note", "release"])
        .assert()
        .success();
    held("");
    fixture.keep(&["checkpoint"], "kept");
    fixture.execlog(&["unpin", "#2"]).assert().success();
    held(
        "note: run 2: was sealed again since the checkpoint, as `pinned` by seal 18; nothing shows what it was at seal 17\n",
    );
    fixture.keep(&["checkpoint"], "kept");
    fixture
        .execlog(&["prune", "--keep-last", "5", "--yes"])
        .assert()
        .success();
    held("note: runs removed since the checkpoint: 9\n");
}

#[test]
fn a_file_without_a_checkpoint_is_an_error_that_names_it() {
    let fixture = Fixture::new();
    fs::write(fixture.path("letter"), "Dear log,\nyours\n").expect("written");
    fs::write(fixture.path("bytes"), [0xff, 0xfe, 0, 10]).expect("written");
    for (file, problem) in [
        ("letter", "cannot read a checkpoint in `letter`: "),
        ("bytes", "cannot read a checkpoint in `bytes`: "),
        ("missing", "cannot read `missing`: "),
        ("code.db", "cannot read a checkpoint in `code.db`: "),
    ] {
        let said = fixture.run(&["verify", "--checkpoint", file]);
        assert_eq!((said.code, said.output.as_str()), (Some(1), ""), "{file}");
        assert!(
            said.errors.starts_with(&format!("error: {problem}")),
            "{}",
            said.errors
        );
    }
    assert_eq!(fixture.run(&["verify", "--key", "a"]).code, Some(2));
}

#[test]
fn a_log_without_seals_has_no_checkpoint_until_its_runs_are_sealed() {
    let fixture = Fixture::new();
    fixture.tamper("DROP TABLE execlog_seal; DROP TABLE execlog_journal");
    fs::remove_dir_all(fixture.path("code.db.execlog")).expect("removed");
    let said = fixture.run(&["checkpoint"]);
    assert_eq!((said.code, said.output.as_str()), (Some(1), ""));
    assert!(
        said.errors.contains("`execlog verify --repair`"),
        "{}",
        said.errors
    );
    assert_eq!(fixture.run(&["verify", "--strict"]).code, Some(3));
    assert_eq!(
        fixture.run(&["verify", "--repair", "--strict"]).code,
        Some(0)
    );
    assert_eq!(fixture.run(&["checkpoint"]).code, Some(0));
}

#[test]
fn there_is_no_checkpoint_of_a_log_that_has_lost_runs() {
    let fixture = Fixture::new();
    let old = fs::read(fixture.path("code.db")).expect("reads");
    fixture.record();
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(fixture.path(&format!("code.db{end}")));
    }
    fs::write(fixture.path("code.db"), old).expect("written");
    let said = fixture.run(&["checkpoint"]);
    assert_eq!((said.code, said.output.as_str()), (Some(1), ""));
    assert!(
        said.errors.contains("run `execlog verify` for details"),
        "{}",
        said.errors
    );
}

#[test]
fn a_checkpoint_that_is_read_names_its_log_on_standard_error_alone() {
    let fixture = Fixture::new();
    let mut nearest = fixture.execlog(&["checkpoint"]);
    let said = said(nearest.env_remove("EXECLOG_DB"));
    assert_eq!(said.output, fixture.run(&["checkpoint"]).output);
    assert!(
        said.errors.contains("reading `") && said.errors.contains("code.db`"),
        "{}",
        said.errors
    );
}

#[test]
fn a_stored_id_cannot_add_lines_to_a_checkpoint() {
    for id in ["a\nb", "\u{1b}[31m", ""] {
        let fixture = Fixture::new();
        let id = format!("UPDATE execlog_journal SET log_id = '{id}'");
        fixture.tamper(&id);
        fs::remove_dir_all(fixture.path("code.db.execlog")).expect("removed");
        let said = fixture.run(&["checkpoint"]);
        if said.code == Some(0) {
            assert!(said.output.lines().count() == 3 && !said.output.contains('\u{1b}'));
        } else {
            assert_eq!((said.code, said.output.as_str()), (Some(1), ""), "{id}");
            assert!(!said.errors.contains('\u{1b}'), "{}", said.errors);
        }
    }
}

/// The commands of docs/trust.md: by hand, in cron and in CI.
#[test]
#[cfg(unix)]
fn the_commands_of_the_document_work() {
    const PAGE: &str = include_str!("../../../docs/trust.md");
    let fixture = Fixture::new();
    let blocks = PAGE.split("```sh\n").skip(1);
    let blocks: Vec<_> = blocks
        .filter_map(|block| block.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 4);
    let cron = blocks[2].strip_prefix("0 3 * * * ").expect("a time");
    let cron = cron.replace("\\%", "%");
    let cron = cron
        .replace("/var/lib/checkpoints", ".")
        .replace("/srv/", "");
    let run = |block: &str| {
        let functions = "execlog() { \"$0\" \"$@\"; }; make() { :; }; LOG_KEY_FILE=build.key;";
        let mut shell = crate::fixture::script(&fixture.path(""), &format!("{functions}\n{block}"));
        said(&mut shell)
    };
    let works = |block: &str| {
        let said = run(block);
        assert_eq!(
            (said.code, said.output.as_str()),
            (Some(0), ""),
            "{block}: {}",
            said.errors
        );
    };
    works(blocks[0]);
    works(blocks[1]);
    fixture.keep(&["checkpoint"], "last");
    works(&cron);
    fs::create_dir(fixture.path("ci")).expect("a folder");
    fs::copy(fixture.path("build.pub"), fixture.path("ci/log.pub")).expect("copied");
    works(blocks[3]);
    fixture.tamper("UPDATE execution_log SET files_indexed = 7 WHERE id = 5");
    let last = fs::read(fixture.path("last")).expect("reads");
    for block in [blocks[0], blocks[3], &cron] {
        assert_eq!(run(block).code, Some(3), "{block}");
    }
    assert_eq!(fs::read(fixture.path("last")).expect("reads"), last);
}
