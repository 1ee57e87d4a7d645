//! The runs that are written to each store.

use execlog::clock::ManualClock;
use execlog::{Environment, ExecutionLog, ExecutionRecord, Invocation, Outcome, Threads};
use std::time::Duration;

/// Keys and what is behind them, two lines each.
pub(crate) fn dump<K: AsRef<[u8]>>(entries: impl IntoIterator<Item = (K, String)>) -> String {
    let lines = entries.into_iter().map(|(key, value)| {
        let key = key.as_ref().escape_ascii();
        format!("{key}\n    {}\n", without_log_id(value))
    });
    lines.collect()
}

/// The id of a log is another each time.
fn without_log_id(mut value: String) -> String {
    const ID: usize = 36;
    if let Some(name) = value.find("log_id") {
        let id = name + value[name..].find("01").expect("an id of version 7");
        value.replace_range(id..id + ID, "an id");
    }
    value
}

/// The run of [`write`] whose record the tests remove past the log.
pub(crate) const BEGUN: &str = "0199abcd-0000-7000-8000-000000000001";

/// Repairs a log that has lost that record, ten minutes later.
pub(crate) fn repair<T: Threads>(log: ExecutionLog<T>) -> execlog::Result<()> {
    let log = log.with_clock(ManualClock::at(1_795_369_317));
    log.maintenance().reindex().map(drop)
}

/// Writes one run of every kind, at times that never change.
pub(crate) fn write<T: Threads>(log: ExecutionLog<T>) -> execlog::Result<()> {
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
    let begun = |id: &str| -> execlog::Result<Invocation> {
        let mut environment = Environment::default();
        environment.process_id = Some(30553);
        environment.program = Some("magellan".to_owned());
        environment.host = Some("build-7".to_owned());
        environment.user = Some("ci".to_owned());
        environment.working_directory = Some("/src/a".to_owned());
        environment.parent = Some("4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7".to_owned());
        let secret = ["index", "--token", "t0ps3cret"];
        let invocation = Invocation::new(secret).execution_id(id.parse()?);
        Ok(invocation.db_path("code.db").environment(environment))
    };
    let run = log.begin(begun(BEGUN)?);
    clock.advance(Duration::from_millis(1234));
    run.counters().add_files(12);
    run.set_exit_code(0);
    run.succeed();

    let bare = begun("0199abcd-0000-7000-8000-000000000002")?;
    let killed = log.begin(bare.environment(Environment::default()));
    // Nobody drops what dies with its process.
    std::mem::forget(killed);
    Ok(())
}
