//! The runs that every contestant logs.

use crate::contestant;
use execlog::{ExecutionRecord, Invocation, LocalLog, OneThread, Outcome, Run};
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) const NEWEST: usize = 20;

const VERSION: &str = "4.17.0";
const ROOT: &str = "/home/user/projects/code";
const DB: &str = "/home/user/projects/code/.code/code.db";

/// The execution id of a run in a filled log.
pub(crate) fn id(number: usize) -> String {
    format!("{:08x}-{:04x}", 0x6b03_0000 + number, number % 0xffff)
}

fn arguments() -> [String; 6] {
    ["index", "--root", ROOT, "--db", DB, "--watch"].map(str::to_owned)
}

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    since.as_secs().try_into().unwrap_or_default()
}

/// The record that execlog stores when a run starts.
pub(crate) fn started(id: &str) -> ExecutionRecord {
    ExecutionRecord {
        id: 0,
        execution_id: id.to_owned(),
        tool_version: VERSION.to_owned(),
        args: serde_json::Value::from(&arguments()[..]).to_string(),
        root: Some(ROOT.to_owned()),
        db_path: DB.to_owned(),
        started_at: now(),
        finished_at: None,
        duration_ms: None,
        outcome: "running".to_owned(),
        error_message: None,
        files_indexed: 0,
        symbols_indexed: 0,
        references_indexed: 0,
    }
}

/// The record of the same run after its end.
pub(crate) fn ended(started: ExecutionRecord) -> ExecutionRecord {
    ExecutionRecord {
        finished_at: Some(now()),
        duration_ms: Some(438),
        outcome: "success".to_owned(),
        files_indexed: 292,
        symbols_indexed: 3400,
        references_indexed: 12100,
        ..started
    }
}

/// A run of a filled log. A larger number means a later run.
pub(crate) fn past(number: usize, length: usize) -> ExecutionRecord {
    let before = i64::try_from(length - number).unwrap_or_default();
    let started = started(&id(number));
    let started_at = started.started_at - 60 * before;
    ended(ExecutionRecord {
        id: i64::try_from(number).unwrap_or_default() + 1,
        started_at,
        ..started
    })
}

/// The host's calls with explicit values, for every store of execlog.
pub(crate) fn start_and_finish(log: &LocalLog, id: &str) -> execlog::Result<()> {
    log.start_execution(id, VERSION, &arguments(), Some(ROOT), DB)?;
    log.finish_execution(id, Outcome::Success, None, 292, 3400, 12100)
}

/// The host's calls that leave the rest to the log. The root is a folder of this repository, so that
/// the log finds a revision.
pub(crate) fn begin_and_succeed(log: &LocalLog, id: &str) -> contestant::Result {
    end(begun(log, invocation(id)?)?);
    Ok(())
}

/// The same with two labels and three phases.
pub(crate) fn begin_and_succeed_with_details(log: &LocalLog, id: &str) -> contestant::Result {
    let labelled = invocation(id)?
        .label("team", "search")
        .label("mode", "incremental");
    let run = begun(log, labelled)?;
    for phase in ["parse", "resolve", "write"] {
        drop(run.phase(phase));
    }
    end(run);
    Ok(())
}

fn invocation(id: &str) -> contestant::Result<Invocation> {
    Ok(Invocation::new(arguments())
        .execution_id(id.parse()?)
        .tool_version(VERSION)
        .root(env!("CARGO_MANIFEST_DIR"))
        .db_path(DB))
}

fn begun(log: &LocalLog, invocation: Invocation) -> contestant::Result<Run<OneThread>> {
    let run = log.begin(invocation);
    if !run.is_recorded() {
        return Err("the run is not recorded".into());
    }
    Ok(run)
}

fn end(run: Run<OneThread>) {
    run.counters().add_files(292);
    run.counters().add_symbols(3400);
    run.counters().add_references(12100);
    run.succeed();
}
