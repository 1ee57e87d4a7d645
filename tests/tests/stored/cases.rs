use execlog::clock::ManualClock;
use execlog::{ExecutionLog, ExecutionRecord, Outcome};
use std::time::Duration;

/// Keys and what is behind them, two lines each.
pub(crate) fn dump<K: AsRef<[u8]>>(entries: impl IntoIterator<Item = (K, String)>) -> String {
    let lines = entries
        .into_iter()
        .map(|(key, value)| format!("{}\n    {value}\n", key.as_ref().escape_ascii()));
    lines.collect()
}

/// Writes one run of every kind, at times that never change.
pub(crate) fn write(log: ExecutionLog) -> execlog::Result<()> {
    let clock = ManualClock::at(1_795_368_717);
    let log = log.with_clock(clock.clone());
    let args = |args: &[&str]| -> Vec<String> { args.iter().map(ToString::to_string).collect() };
    let index = args(&["index", "--root", "src"]);

    log.start_execution("running", "4.17.0", &index, Some("src"), "code.db")?;

    log.start_execution("success", "4.17.0", &index, Some("src"), "code.db")?;
    clock.advance(Duration::from_millis(30));
    log.finish_execution("success", Outcome::Success, None, 12, 340, 1210)?;

    log.start_execution("partial", "4.17.0", &index, Some("src"), "code.db")?;
    clock.advance(Duration::from_millis(1500));
    let skipped = Some("1 file does not parse: src/a.rs");
    log.finish_execution("partial", Outcome::Partial, skipped, 11, 300, 1000)?;

    log.start_execution("error", "4.17.0", &index, Some("missing"), "code.db")?;
    let missing = Some("missing: no such folder");
    log.finish_execution("error", Outcome::Error, missing, 0, 0, 0)?;

    let quoted = args(&[
        "",
        "ä🦀",
        r#"say "hi" \ 'there'"#,
        "two\nlines",
        "nul\0",
        ":%",
    ]);
    log.start_execution("unicode:ä%", "4.17.0", &quoted, Some("ü/ß"), "d\"b")?;

    log.log_execution(&ExecutionRecord {
        id: 0,
        execution_id: "bare".to_owned(),
        tool_version: String::new(),
        args: "[]".to_owned(),
        root: None,
        db_path: String::new(),
        started_at: 0,
        finished_at: None,
        duration_ms: None,
        outcome: "running".to_owned(),
        error_message: None,
        files_indexed: 0,
        symbols_indexed: 0,
        references_indexed: 0,
    })?;
    Ok(())
}
