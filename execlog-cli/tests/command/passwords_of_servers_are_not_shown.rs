//! The password in the URL of a server is never shown and never stored.

use crate::server_fixture::{PASSWORD, ServerFixture};
use std::process::Output;

const COMMANDS: &[&[&str]] = &[
    &["--help"],
    &["list", "--help"],
    &["list", "--format", "json"],
    &["list", "--format", "{log} {db_path}"],
    &["list", "--in-graph"],
    &["list", "--unknown-option"],
    &["show", "--format", "json"],
    &["stats", "--by", "log"],
    &["tail"],
    &["diff", "#1", "#2"],
    &["fresh", "/src/code"],
    &["fresh", "/src/other"],
    &["report", "--html", "report.html"],
    &["record", "--", "true"],
    &["record", "--", "no-such-command"],
    &["pin", "latest"],
    &["unpin", "latest"],
    &["settle"],
    &["prune", "--keep-last", "3", "--yes"],
    &["import", "runs.jsonl"],
    &["import", "--create", "sqlite", "runs.jsonl"],
    &["export", "--output", "export.jsonl"],
    &["export"],
    &["verify", "--secrets"],
    &["verify", "--repair"],
    &["checkpoint"],
];

fn assert_hidden(output: &Output, what: &[&str]) {
    for shown in [&output.stdout, &output.stderr] {
        let shown = String::from_utf8_lossy(shown);
        assert!(!shown.contains(PASSWORD), "{what:?}: {shown}");
    }
}

#[test]
fn no_command_shows_or_stores_the_password() {
    let Some(fixture) = ServerFixture::with_runs() else {
        return;
    };
    let url = fixture.url();
    for arguments in COMMANDS {
        let output = fixture.execlog(arguments).output().expect("it runs");
        assert_hidden(&output, arguments);
        let mut command = fixture.execlog(&["--db", &url]);
        let output = command.args(*arguments).output().expect("it runs");
        assert_hidden(&output, arguments);
    }
    // Also if it is an argument of the recorded command.
    let nested = fixture
        .execlog(&["record", "--db", &url, "--", "true", &url])
        .output();
    assert!(nested.expect("it runs").status.success());
    let stored = fixture.database.rows(
        "SELECT to_jsonb(run)::text FROM execlog.execution_log run UNION ALL
         SELECT to_jsonb(context)::text FROM execlog.execlog_context context UNION ALL
         SELECT to_jsonb(seal)::text FROM execlog.execlog_seal seal",
    );
    let stored: Vec<_> = stored.into_iter().flatten().flatten().collect();
    assert!(stored.iter().any(|row| row.contains("[redacted]")));
    assert!(!stored.iter().any(|row| row.contains(PASSWORD)));
    for file in ["report.html", "export.jsonl"] {
        let text = std::fs::read_to_string(fixture.folder.path().join(file)).expect("a file");
        assert!(!text.contains(PASSWORD), "{file}");
    }
}

#[test]
fn a_server_that_fails_is_named_without_the_password() {
    let Some(fixture) = ServerFixture::with_runs() else {
        return;
    };
    fixture.database.sql(
        "DO $$ BEGIN EXECUTE format(
             'ALTER DATABASE %I SET default_transaction_read_only = on', current_database()
         ); END $$",
    );
    let (url, missing) = (fixture.url(), "no_such_database");
    let (before, _) = url.rsplit_once('/').expect("a database");
    let nowhere = format!("{before}/{missing}");
    for arguments in [
        &["pin", "#1"][..],
        &["list", "--db", &nowhere],
        &["import", "--db", "copy.db", &nowhere],
        &["import", &nowhere],
        &["record", "--db", &nowhere, "--", "true"],
    ] {
        let output = fixture.execlog(arguments).output().expect("it runs");
        assert_hidden(&output, arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("`postgresql://postgres@127.0.0.1:"), "{said}");
    }
}
