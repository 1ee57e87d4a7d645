//! Many processes write, prune and verify at the same time, and none sees an alarm.
//!
//! `EXECLOG_SECONDS` sets for how long (default 5).

use super::findings;
use execlog::{ExecutionLog, Policy};
use execlog_tests::bounded;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const WRITERS: usize = 8;
const PRUNERS: usize = 2;

fn time() -> Duration {
    let given = std::env::var("EXECLOG_SECONDS").ok();
    let seconds = given.map_or(5, |seconds| {
        seconds.parse().expect("EXECLOG_SECONDS is a number")
    });
    Duration::from_secs(seconds)
}

/// Records runs in a process of its own.
fn record(file: &Path) {
    let host = Command::new(env!("CARGO_BIN_EXE_host"))
        .args(["sqlite".as_ref(), file.as_os_str(), "record".as_ref()])
        .arg("20")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the host starts");
    let output = bounded::ended(host);
    assert!(output.status.success());
}

#[test]
fn verifying_sees_no_alarm_while_others_write_and_prune() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    ExecutionLog::new(&file).ensure_schema().expect("made");
    let is_over = AtomicBool::new(false);
    let until = |work: &dyn Fn()| {
        while !is_over.load(Ordering::Relaxed) {
            work();
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| until(&|| record(&file)));
        }
        for _ in 0..PRUNERS {
            scope.spawn(|| {
                until(&|| {
                    let log = ExecutionLog::new(&file);
                    let plan = log.prune_plan(&Policy::new().keep_last(200));
                    // A busy log is pruned the next time.
                    let _ = plan.and_then(execlog::PrunePlan::apply);
                });
            });
        }
        let began = Instant::now();
        let mut times = 0;
        let mut alarms = Vec::new();
        while alarms.is_empty() && (began.elapsed() < time() || times < 3) {
            alarms = findings(&ExecutionLog::read_only(&file));
            times += 1;
        }
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(alarms, []);
        eprintln!("verified {times} times");
    });
    let verified = ExecutionLog::read_only(&file).maintenance().verify();
    let verified = verified.expect("verified");
    assert_eq!((verified.findings, verified.unsealed), (Vec::new(), vec![]));
    assert!(verified.seals > 100, "{}", verified.seals);
}
