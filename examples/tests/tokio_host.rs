//! The host on tokio as a user runs it.

mod bounded;

use execlog::ExecutionLog;
use std::fs;
use std::process::Command;

#[test]
fn runs_on_several_threads_are_recorded_and_a_cancelled_one_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (dir, text) in [("one", "a\nb\n"), ("other", "c\n")] {
        let dir = folder.path().join(dir);
        fs::create_dir(&dir).expect("made");
        fs::write(dir.join("file"), text).expect("written");
    }
    let mut host = Command::new(env!("CARGO_BIN_EXE_tokio_host"));
    host.current_dir(folder.path())
        .args(["one", "other", "missing", "--db", "log.db"]);
    let output = bounded::output(&mut host);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let missing = if cfg!(windows) {
        "The system cannot find the path specified. (os error 3)"
    } else {
        "No such file or directory (os error 2)"
    };
    assert_eq!(stderr, format!("error: {missing}\n"));

    let log = ExecutionLog::new(folder.path().join("log.db"));
    let mut runs: Vec<_> = log
        .runs()
        .into_iter()
        .map(|run| {
            let run = run.expect("it reads");
            let arguments = run.record.arguments().expect("arguments").join(" ");
            let status = run.status().to_string();
            (
                arguments,
                status,
                run.record.files_indexed,
                run.record.error_message.unwrap_or_default(),
            )
        })
        .collect();
    runs.sort();
    let expected = [
        ("index missing", "error", 0, missing),
        ("index one", "success", 1, ""),
        ("index other", "success", 1, ""),
        ("watch", "error", 0, "cancelled"),
    ];
    let expected = expected.map(|(arguments, status, files, message)| {
        (
            arguments.to_owned(),
            status.to_owned(),
            files,
            message.to_owned(),
        )
    });
    assert_eq!(runs, expected);

    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        printed.lines().any(|line| line == "watch: error cancelled"),
        "{printed}"
    );
}
