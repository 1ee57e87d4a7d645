//! The digests are those that another program computes from the documents.

use super::fill;
use execlog::clock::ManualClock;
use execlog::{ExecutionLog, SealEvent, StoredRun};
use execlog_tests::bounded;
use std::fs::File;
use std::io::Write;
use std::process::{Command, Stdio};

#[test]
fn python_computes_the_same_digests() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("not compared: python3 is not installed");
        return;
    }
    let clock = ManualClock::at(1_795_368_717);
    let log = ExecutionLog::in_memory().with_clock(clock.clone());
    fill(&log, &clock);
    let run = log.begin(
        execlog::Invocation::new(["\u{0}\t\"\\/ \u{7f}ä€\u{2028}😂"])
            .label("\u{fb33}", "one")
            .label("😂", "two"),
    );
    run.counters().add("large", usize::MAX >> 1);
    run.fail_with("\u{1f}");

    // The newest seal of a run is of what is stored now, and that of a removed one of nothing.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("seals.jsonl");
    let mut lines = File::create(&path).expect("made");
    let seals = log.maintenance().seals_after(0, usize::MAX).expect("read");
    let mut count = 0;
    for run in log
        .runs()
        .into_iter()
        .map(|run| StoredRun::from(run.expect("read")))
    {
        let seal = seals.iter().rfind(|seal| seal.run == run.record.id);
        let seal = seal.expect("it is sealed");
        let line = serde_json::json!({
            "event": seal.event.as_str(),
            "number": seal.run,
            "record": run.record,
            "context": run.context,
            "digest": seal.digest.to_string(),
        });
        writeln!(lines, "{line}").expect("written");
        count += 1;
    }
    for seal in seals.iter().filter(|seal| seal.event == SealEvent::Removed) {
        let line = serde_json::json!({
            "event": "removed", "number": seal.run, "record": null, "context": null,
            "digest": seal.digest.to_string(),
        });
        writeln!(lines, "{line}").expect("written");
        count += 1;
    }
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/promises/every_change_is_sealed/seals.py"
    );
    let python = Command::new("python3")
        .arg(script)
        .stdin(File::open(&path).expect("opens"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let output = bounded::ended(python.expect("python starts"));
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.trim(), count.to_string(), "{errors}");
    assert_eq!(count, 9);
}
