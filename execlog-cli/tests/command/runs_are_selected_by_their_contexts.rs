//! Runs are selected by where and how they ran, by labels, pins and parents, and by what fails now.

use crate::fixture::{Fixture, program};
use execlog::{Environment, Invocation};

/// The first arguments of the runs that a command lists, in the order of the list.
fn listed(fixture: &Fixture, arguments: &[&str]) -> Vec<String> {
    let template = ["--format", "{command}"];
    let output = fixture
        .execlog(&[&["list"], arguments, &template].concat())
        .output();
    let output = output.expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(str::to_owned).collect()
}

fn environment(host: &str, folder: &str) -> Environment {
    let mut environment = Environment::default();
    environment.host = Some(host.to_owned());
    environment.user = Some(format!("user of {host}"));
    environment.program = Some("indexer".to_owned());
    environment.working_directory = Some(folder.to_owned());
    environment
}

#[test]
fn each_condition_selects_its_runs() {
    let fixture = Fixture::new();
    let log = fixture.log();
    let run = log.begin(
        Invocation::new(["alpha"])
            .environment(environment("desk", "/src/alpha"))
            .label("team", "search")
            .label("kind", "nightly"),
    );
    let alpha = run.execution_id().to_owned();
    run.set_exit_code(0);
    run.succeed();
    let run = log.begin(
        Invocation::new(["beta"])
            .environment(environment("rack", "/src/beta"))
            .label("team", "search"),
    );
    run.set_exit_code(7);
    run.fail_with("no disk");
    log.maintenance().pin(&alpha, "").expect("pinned");
    for (conditions, commands) in [
        (&["--host", "desk"][..], &["alpha"][..]),
        (&["--host", "desk", "--host", "rack"], &["beta", "alpha"]),
        (&["--user", "user of rack"], &["beta"]),
        (&["--program", "indexer"], &["beta", "alpha"]),
        (&["--program", "index"], &[]),
        (&["--exit-code", "7"], &["beta"]),
        (&["--folder", "/src/beta/"], &["beta"]),
        (&["--label", "team=search"], &["beta", "alpha"]),
        (
            &["--label", "team=search", "--label", "kind=nightly"],
            &["alpha"],
        ),
        (&["--label", "team="], &[]),
        (&["--pinned"], &["alpha"]),
        (
            &["--branch", "main", "--since", "4h"],
            &["watch", "watch", "index"],
        ),
        (
            &["--revision", "3f8c2a9d", "--until", "2026-11-15"],
            &["index"],
        ),
    ] {
        assert_eq!(listed(&fixture, conditions), commands, "{conditions:?}");
    }
}

#[test]
fn a_folder_is_found_as_it_was_typed() {
    let fixture = Fixture::new();
    let folder = fixture.path("code");
    std::fs::create_dir(&folder).expect("a folder");
    let invocation =
        Invocation::new(["gamma"]).environment(environment("desk", folder.to_str().expect("text")));
    fixture.log().begin(invocation).succeed();
    for spelling in ["code", "code/", "./code"] {
        assert_eq!(listed(&fixture, &["--folder", spelling]), ["gamma"]);
    }
}

#[test]
fn children_are_found_by_the_beginning_of_the_id_of_their_parent() {
    let fixture = Fixture::new();
    let log = fixture.log();
    let outer = log.begin(Invocation::new(["outer"]));
    let id = outer.execution_id().to_owned();
    // One child names the id of its parent, one the trace and span.
    let mut by_id = Environment::default();
    by_id.parent = Some(id.clone());
    log.begin(Invocation::new(["by id"]).environment(by_id))
        .succeed();
    let traceparent = outer.traceparent();
    let span = traceparent
        .strip_prefix("00-")
        .and_then(|rest| rest.strip_suffix("-01"));
    let mut by_span = Environment::default();
    by_span.parent = span.map(str::to_owned);
    log.begin(Invocation::new(["by span"]).environment(by_span))
        .succeed();
    outer.succeed();
    for parent in [&id, &id[..30], "latest"] {
        let mut children = listed(&fixture, &["--parent", parent]);
        children.sort_unstable();
        let expected: &[&str] = if parent == "latest" {
            &[]
        } else {
            &["by id", "by span"]
        };
        assert_eq!(children, expected, "{parent}");
    }
    assert_eq!(
        listed(&fixture, &["--parent", span.expect("a span")]),
        ["by span"]
    );
    let said = fixture.said(&["list", "--parent", "01a2"]);
    assert!(said.contains("error: "), "{said}");
    assert!(said.ends_with("exit code 1\n"), "{said}");
}

#[test]
fn failing_lists_what_has_failed_and_not_succeeded_since() {
    let fixture = Fixture::new();
    let log = fixture.log();
    let begin = |command: &str, root: &str| log.begin(Invocation::new([command]).root(root));
    begin("mended", "/a").fail_with("no disk");
    begin("mended", "/a").succeed();
    begin("broken", "/a").succeed();
    begin("broken", "/a").fail_with("no disk");
    begin("broken", "/a").fail_with("no disk");
    begin("broken", "/b").succeed();
    begin("late", "/b").fail_with("no disk");
    let on_our_roots = ["--root", "/a", "--root", "/b"];
    let failing = |arguments: &[&str]| {
        let arguments = [&["--failing"], &on_our_roots[..], arguments].concat();
        listed(&fixture, &arguments)
    };
    assert_eq!(failing(&[]), ["late", "broken"]);
    assert_eq!(failing(&["-n", "1"]), ["late"]);
    assert_eq!(failing(&["--reverse"]), ["broken", "late"]);
    assert_eq!(failing(&["--command", "broken"]), ["broken"]);
    // A run that goes on may succeed, but has not yet.
    let _running = begin("late", "/b");
    assert_eq!(failing(&[]), ["late", "broken"]);
}

#[test]
fn a_label_without_a_value_is_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = program(folder.path())
        .args(["list", "--label", "team"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(said.contains("write a label as `team=search`"), "{said}");
}
