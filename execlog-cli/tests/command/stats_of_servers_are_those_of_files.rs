//! Statistics that a server computes look as those of single runs in a file.

use crate::fixture::{RUNS, program, said};
use execlog_tests::postgres::Server;
use std::fs;
use std::path::Path;

/// Questions that the server answers, and some for which it is asked for single runs.
const QUESTIONS: &[&[&str]] = &[
    &["stats"],
    &["stats", "--format", "json"],
    &["stats", "--format", "csv"],
    &["stats", "--by", "version"],
    &["stats", "--by", "version", "--format", "json"],
    &["stats", "--by", "host"],
    &["stats", "--by", "host", "--format", "json"],
    &["stats", "--by", "host", "--cost", "--format", "csv"],
    &["stats", "--since", "2026-11-16", "--format", "json"],
    &["stats", "--until", "2026-11-16", "--slowest", "0"],
    &["stats", "--command", "index", "--command", "status"],
    &["stats", "--root", "/src/code", "--tool-version", "4.17.0"],
    &["stats", "--min-duration", "1s", "--format", "json"],
    &["stats", "--outcome", "success,partial", "--format", "json"],
    &["stats", "--outcome", "partial", "--command", "nothing"],
    &["stats", "--failed", "--slowest", "2"],
    &["stats", "--text", "code", "--format", "json"],
    &["stats", "--branch", "main"],
    &["stats", "-n", "3", "--format", "json"],
    &["stats", "--by", "day"],
    &["stats", "--approximate", "--against", "5d"],
    &["stats", "--fail-on-regression", "25%"],
];

/// More runs than the newest whose durations are shown, many of them as slow and as old as others, and some
/// as magellan records them.
fn runs() -> String {
    // Whether a run goes on is known only where it was recorded.
    let ended = RUNS
        .lines()
        .filter(|line| !line.contains(r#""outcome":"running""#));
    let mut runs: Vec<String> = ended.map(str::to_owned).collect();
    for number in 100..160_i64 {
        let started_at = 1_795_000_000 + number / 4;
        let id = if number % 7 == 0 {
            format!("{started_at:x}-{number:x}")
        } else {
            format!("run-{number}")
        };
        let all_args = ["[]", r#"["index","src"]"#, r#"[""]"#, r#"["que\u0000ry"]"#];
        let args = all_args[usize::try_from(number % 4).expect("small")];
        let record = serde_json::json!({
            "id": number, "execution_id": id, "tool_version": format!("4.{}.0", number % 3),
            "args": args,
            "root": null, "db_path": "code.db", "started_at": started_at, "finished_at": started_at + 1,
            "duration_ms": number * 37 % 11, "outcome": if number % 5 == 0 { "error" } else { "success" },
            "error_message": null, "files_indexed": number % 2 * 12, "symbols_indexed": number % 3,
            "references_indexed": 0,
        });
        let context = (number % 3 == 0).then(|| {
            serde_json::json!({
                "execution_id": record["execution_id"], "started_at_ms": started_at * 1000,
                "crashed": false, "host": "laptop", "cpu_ms": number, "peak_memory_bytes": number << 20,
            })
        });
        let run = serde_json::json!({"execlog": 1, "record": record, "context": context});
        runs.push(run.to_string());
    }
    runs.join("\n") + "\n"
}

/// What the program says of the log of this name after importing the runs.
fn answers(folder: &Path, name: &str, shown: &str) -> Vec<String> {
    let execlog = |arguments: &[&str]| {
        let mut command = program(folder);
        command.env("EXECLOG_DB", name).args(arguments);
        command
    };
    execlog(&["import", "runs.jsonl"]).assert().success();
    let answers = QUESTIONS.iter().map(|question| {
        let mut command = execlog(question);
        // A wide screen shows every figure.
        command.env("COLUMNS", "200");
        said(&mut command, question).replace(shown, "LOG")
    });
    answers.collect()
}

#[test]
fn statistics_of_a_server_look_as_those_of_a_file() {
    let Some(server) = Server::shared() else {
        return;
    };
    let database = server.database();
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("runs.jsonl"), runs()).expect("written");
    let of_file = answers(folder.path(), "code.db", "code.db");
    let of_server = answers(folder.path(), &database.url(), &database.url());
    for (server, file) in of_server.iter().zip(&of_file) {
        // The path of the log is also the database of its runs.
        assert_eq!(&server.replace("code.db", "LOG"), file);
    }
    assert!(of_file[0].contains("crashed"), "{}", of_file[0]);
    assert!(
        of_file[1].contains(r#""approximate_durations": 8,"#),
        "{}",
        of_file[1]
    );
}
