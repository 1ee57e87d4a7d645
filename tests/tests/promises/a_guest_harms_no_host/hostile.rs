//! Files that somebody has prepared do not hang the log, and do nothing in its name.

use execlog::{Error, ExecutionLog, Invocation};
use rusqlite::Connection;
use std::path::Path;
use std::time::{Duration, Instant};

fn prepare(file: &Path, sql: &str) {
    ExecutionLog::new(file)
        .begin(Invocation::new(["index"]))
        .succeed();
    let connection = Connection::open(file).expect("opens");
    connection.execute_batch(sql).expect("prepared");
}

#[test]
fn a_trigger_in_the_file_does_not_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("log.db");
    prepare(
        &file,
        "CREATE TABLE sink (a);
         CREATE TRIGGER endless BEFORE INSERT ON execution_log BEGIN
             INSERT INTO sink WITH RECURSIVE number(n) AS
                 (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT n FROM number;
         END;
         CREATE TRIGGER large AFTER UPDATE ON execution_log BEGIN
             INSERT INTO sink VALUES (zeroblob(300000000));
         END;
         CREATE TRIGGER context AFTER INSERT ON execlog_context BEGIN
             DELETE FROM execution_log;
         END",
    );
    let log = ExecutionLog::new(&file);
    let began = Instant::now();
    log.begin(Invocation::new(["index"])).succeed();
    assert!(began.elapsed() < Duration::from_secs(5));
    let runs = log.list_all(None).expect("reads");
    assert_eq!(runs.len(), 2);
    assert!(runs.iter().all(|run| run.outcome == "success"));
    assert!(file.metadata().expect("there").len() < 1 << 20);
}

#[cfg(unix)]
#[test]
fn what_is_not_a_regular_file_is_refused_and_nothing_is_left_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe.db");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let device = folder.path().join("device.db");
    std::os::unix::fs::symlink("/dev/full", &device).expect("a link");
    for file in [&pipe, &device] {
        for log in [ExecutionLog::new(file), ExecutionLog::read_only(file)] {
            let refused = log.get_recent(1).expect_err("it is refused");
            assert!(
                refused
                    .to_string()
                    .ends_with("it is not a regular file; name a file")
            );
        }
        let log = ExecutionLog::new(file);
        let refused = log.start_execution("a", "1", &[], None, "code.db");
        assert!(matches!(refused, Err(Error::Open { .. })));
    }
    assert_eq!(folder.path().read_dir().expect("reads").count(), 2);
    assert!(!Path::new("/dev/full-journal").exists());
}
