//! The scripts of `execlog completions` complete the ids of runs after `execlog show`, and say nothing else.

use crate::fixture::{Fixture, program};
use std::path::Path;

/// What the program answers a script about these words of the command line.
fn ids(folder: &Path, words: &[&str]) -> Vec<String> {
    let mut program = program(folder);
    program.env("EXECLOG_COMPLETE", "runs").args(words);
    let output = program.output().expect("it runs");
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "{words:?}");
    let ids = String::from_utf8(output.stdout).expect("text");
    ids.lines().map(str::to_owned).collect()
}

#[test]
fn the_run_of_show_is_completed_and_nothing_else() {
    let fixture = Fixture::new();
    let folder = fixture.path("");
    for words in [
        &["show", ""][..],
        &["show", "01a2"],
        &["--db", "code.db", "show", ""],
        &["show", "--db=code.db", "--utc", "01a"],
    ] {
        let ids = ids(&folder, words);
        assert_eq!(ids.len(), 13, "{words:?}");
        assert_eq!(ids[..2], ["01a20844-4295", "6b042160-7759"]);
    }
    for words in [
        &[][..],
        &[""],
        &["show"],
        &["show", "--"],
        &["show", "--db", ""],
        &["show", "--format", ""],
        &["show", "01a2", "0"],
        &["list", ""],
        &["list", "--text", "show", ""],
        &["--db", "missing.db", "show", ""],
    ] {
        assert!(ids(&folder, words).is_empty(), "{words:?}");
    }
}

#[test]
fn there_are_no_messages_without_a_log_or_with_several() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(ids(folder.path(), &["show", ""]).is_empty());
    let fixture = Fixture::new();
    std::fs::copy(fixture.path("code.db"), fixture.path("other.db")).expect("copied");
    assert!(ids(&fixture.path(""), &["show", ""]).is_empty());
}

/// What bash completes after these words. `None` if there is no bash.
#[cfg(unix)]
fn completed_by_bash(fixture: &Fixture, words: &[&str]) -> Option<String> {
    let script = r#"
        source <("$0" completions bash) || exit 1
        complete -p execlog | grep -q _execlog_and_runs || exit 2
        COMP_WORDS=("$0" "$@")
        COMP_CWORD=$#
        _execlog_and_runs "$0" "${@: -1}" "${@: -2:1}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let mut bash = crate::fixture::shell("bash", &fixture.path(""), script);
    let output = bash.args(words).output().ok()?;
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).ok()
}

#[cfg(unix)]
#[test]
fn bash_completes_ids() {
    let fixture = Fixture::new();
    let Some(completed) = completed_by_bash(&fixture, &["show", "6b"]) else {
        return;
    };
    assert_eq!(completed, "6b042160-7759\n");
    let all = completed_by_bash(&fixture, &["show", ""]).expect("bash");
    assert_eq!(all.lines().count(), 13);
    let options = completed_by_bash(&fixture, &["show", "--form"]).expect("bash");
    assert_eq!(options, "--format\n");
}

#[test]
fn the_scripts_of_zsh_and_fish_ask_for_runs() {
    let fixture = Fixture::new();
    let script = |shell: &str| {
        let output = fixture.execlog(&["completions", shell]).output();
        String::from_utf8(output.expect("it runs").stdout).expect("text")
    };
    let zsh = script("zsh");
    let asks = zsh.lines().filter(|line| line.contains(":_execlog_runs'"));
    assert_eq!(asks.count(), 1);
    assert_eq!(zsh.matches("\n_execlog_runs() {").count(), 1);
    assert!(zsh.ends_with("    compdef _execlog execlog\nfi\n"));
    let fish = script("fish");
    let asks = fish
        .lines()
        .filter(|line| line.contains("EXECLOG_COMPLETE=runs"));
    assert_eq!(asks.count(), 1);
}
