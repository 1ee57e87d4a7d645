//! What is taken out of arguments, tried on command lines that people really type.
//!
//! `secrets.jsonl` has command lines and the secrets in them, `harmless.jsonl` such without any. All
//! secrets are made up. Those that look like tokens have a `·` in them, which is removed here: scanners of
//! repositories would take them for real ones.

use execlog::{ExecutionLog, Invocation, Redaction};
use execlog_tests::property;
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeSet;

const SECRETS: &str = include_str!("secrets.jsonl");
const HARMLESS: &str = include_str!("harmless.jsonl");

#[derive(Deserialize)]
struct CommandLine {
    args: Vec<String>,
    #[serde(default)]
    secrets: Vec<String>,
}

fn command_lines(text: &str) -> Vec<CommandLine> {
    let joined = text.replace('·', "").replace("\\u00b7", "");
    let lines = joined.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("a command line"))
        .collect()
}

/// At most so many of a thousand.
fn per_mille(part: usize, whole: usize, most: usize) -> bool {
    part * 1000 <= whole * most
}

#[test]
fn nearly_every_secret_is_taken_out() {
    let redaction = Redaction::new();
    let (mut secrets, mut missed) = (BTreeSet::new(), Vec::new());
    for CommandLine { args, secrets: own } in command_lines(SECRETS) {
        let redacted = redaction.arguments(&args);
        assert_eq!(redacted.len(), args.len());
        assert_eq!(
            redaction.arguments(&redacted),
            redacted,
            "nothing is left to take out"
        );
        for secret in own {
            assert!(args.iter().any(|argument| argument.contains(&secret)));
            if redacted.iter().any(|argument| argument.contains(&secret)) {
                missed.push((secret.clone(), args.clone()));
            }
            secrets.insert(secret);
        }
    }
    println!("{} of {} missed: {missed:#?}", missed.len(), secrets.len());
    assert!(secrets.len() >= 200);
    assert!(per_mille(missed.len(), secrets.len(), 10), "{missed:#?}");
}

#[test]
fn hardly_any_other_argument_is_changed() {
    let redaction = Redaction::new();
    let (mut arguments, mut changed) = (BTreeSet::new(), Vec::new());
    for CommandLine { args, .. } in command_lines(HARMLESS) {
        let redacted = redaction.arguments(&args);
        for (argument, redacted) in args.iter().zip(redacted) {
            if *argument != redacted {
                changed.push((args.clone(), redacted));
            }
        }
        arguments.extend(args);
    }
    println!(
        "{} of {} changed: {changed:#?}",
        changed.len(),
        arguments.len()
    );
    assert!(arguments.len() >= 2000);
    assert!(per_mille(changed.len(), arguments.len(), 1), "{changed:#?}");
}

#[test]
fn no_secret_that_is_found_reaches_the_file_or_its_write_ahead_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let log = ExecutionLog::new(&path);
    let mut secrets = Vec::new();
    for CommandLine { args, secrets: own } in command_lines(SECRETS) {
        let message = format!("cannot run: {}", args.join(" "));
        let cleaned = Redaction::new().text(&message);
        let failed: Result<(), _> = log.record(Invocation::new(args.clone()), |_| Err(message));
        failed.expect_err("passed through");
        let redacted = Redaction::new().arguments(&args).concat() + &cleaned;
        secrets.extend(own.into_iter().filter(|secret| !redacted.contains(secret)));
    }
    assert!(secrets.len() > 200);
    for file in ["log.db", "log.db-wal"] {
        let bytes = std::fs::read(folder.path().join(file)).expect("the file");
        let stored = String::from_utf8_lossy(&bytes);
        assert!(stored.contains("[redacted]"), "{file} holds runs");
        for secret in &secrets {
            let as_json = serde_json::Value::from(secret.as_str()).to_string();
            let as_json = &as_json[1..as_json.len() - 1];
            let is_there = stored.contains(secret) || as_json != secret && stored.contains(as_json);
            // A short one may be a part of a word.
            assert!(secret.len() < 6 || !is_there, "{secret} is in {file}");
        }
    }
}

#[test]
fn an_audit_finds_what_older_rows_hold_and_does_not_show_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let log = ExecutionLog::new(&path).with_redaction(Redaction::off());
    let args = ["index", "--token", "t0ps3cret", "src"].map(str::to_owned);
    log.start_execution(
        "old",
        "4.17.0",
        &args,
        None,
        "postgres://me:t0ps3cret@host/db",
    )
    .expect("started");
    log.finish_execution("old", "error", Some("API_KEY=t0ps3cret"), 0, 0, 0)
        .expect("finished");
    log.start_execution("clean", "4.17.0", &args[..1], None, "code.db")
        .expect("started");
    let later = ExecutionLog::new(&path);
    let found = later.maintenance();
    let found = found
        .audit_secrets()
        .map(|secret| secret.expect("reads").to_string());
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            "`args` of run `old`, argument 3",
            "`db_path` of run `old`",
            "`error_message` of run `old`",
        ]
    );
    assert_eq!(
        log.maintenance().audit_secrets().count(),
        0,
        "a log without rules finds none"
    );
}

#[test]
fn redacting_twice_is_redacting_once_whatever_the_text_is() {
    const PIECES: [&str; 26] = [
        "=",
        ":",
        "://",
        "@",
        "\"",
        "'",
        "{",
        "}",
        " ",
        "&",
        ";",
        ",",
        "?",
        "-",
        "--token",
        "password",
        "Authorization: ",
        "Bearer ",
        "ghp_",
        "eyJ",
        "AKIA",
        "-----BEGIN PRIVATE KEY-----",
        "ä",
        "🦀",
        "0123456789abcdefghijklmnopqrstuvwxyzABCD",
        "\n",
    ];
    let text = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..12);
    let arguments = prop::collection::vec(text.prop_map(|pieces| pieces.concat()), 0..6);
    property::check(2000, arguments, |arguments| {
        let redaction = Redaction::new();
        let once = redaction.arguments(&arguments);
        prop_assert_eq!(once.len(), arguments.len());
        prop_assert_eq!(&redaction.arguments(&once), &once);
        Ok(())
    });
}
