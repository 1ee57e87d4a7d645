//! The log in the key-value store of a native graph, as a host plugs it in.
#![cfg(feature = "native-v2")]

use execlog::clock::ManualClock;
use execlog::{ExecutionLog, ExecutionRecord, Outcome};
use sqlitegraph_native_v2::{GraphBackend, NativeGraphBackend};
use std::path::Path;
use std::rc::Rc;

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

fn create(path: &Path) -> std::result::Result<Rc<dyn GraphBackend>, Box<dyn std::error::Error>> {
    Ok(Rc::new(NativeGraphBackend::new(path)?))
}

fn open(path: &Path) -> std::result::Result<Rc<dyn GraphBackend>, Box<dyn std::error::Error>> {
    Ok(Rc::new(NativeGraphBackend::open(path)?))
}

#[test]
fn test_execution_log_kv_roundtrip() -> Result {
    let folder = tempfile::tempdir()?;
    let clock = ManualClock::at(1_795_368_717);
    let log = ExecutionLog::with_kv_backend(create(&folder.path().join("code.graph"))?)
        .with_clock(clock.clone());

    let args = [
        "index".to_owned(),
        "--root".to_owned(),
        "ä \"b\"".to_owned(),
    ];
    let id = log.start_execution("run-1", "4.17.0", &args, Some("/src"), "code.graph")?;
    assert_eq!(id, 1);
    clock.advance(std::time::Duration::from_millis(1500));
    log.finish_execution(
        "run-1",
        Outcome::Partial,
        Some("1 file skipped"),
        3,
        20,
        100,
    )?;

    let expected = ExecutionRecord {
        id: 1,
        execution_id: "run-1".to_owned(),
        tool_version: "4.17.0".to_owned(),
        args: r#"["index","--root","ä \"b\""]"#.to_owned(),
        root: Some("/src".to_owned()),
        db_path: "code.graph".to_owned(),
        started_at: 1_795_368_717,
        finished_at: Some(1_795_368_718),
        duration_ms: Some(1500),
        outcome: "partial".to_owned(),
        error_message: Some("1 file skipped".to_owned()),
        files_indexed: 3,
        symbols_indexed: 20,
        references_indexed: 100,
    };
    assert_eq!(log.get_by_id("run-1")?, Some(expected));
    Ok(())
}

#[test]
fn test_execution_log_kv_persistence() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("code.graph");
    {
        let log = ExecutionLog::with_kv_backend(create(&path)?);
        log.start_execution("first", "1.0.0", &[], None, "code.graph")?;
        log.start_execution("second", "1.0.0", &[], None, "code.graph")?;
        log.finish_execution("first", Outcome::Success, None, 1, 2, 3)?;
    }
    {
        let log = ExecutionLog::with_kv_backend(open(&path)?);
        log.finish_execution("second", "error", Some("no such folder"), 0, 0, 0)?;
        let third = log.start_execution("third", "1.0.0", &[], None, "code.graph")?;
        assert_eq!(third, 3);
    }
    let log = ExecutionLog::with_kv_backend(open(&path)?);
    let outcome = |id: &str| -> std::result::Result<Option<String>, execlog::Error> {
        Ok(log.get_by_id(id)?.map(|record| record.outcome))
    };
    assert_eq!(outcome("first")?.as_deref(), Some("success"));
    assert_eq!(outcome("second")?.as_deref(), Some("error"));
    assert_eq!(outcome("third")?.as_deref(), Some("running"));
    Ok(())
}

#[test]
fn test_execution_log_kv_recent() -> Result {
    let folder = tempfile::tempdir()?;
    let clock = ManualClock::default();
    let log = ExecutionLog::with_kv_backend(create(&folder.path().join("code.graph"))?)
        .with_clock(clock.clone());
    for (id, at) in [("c", 300), ("a", 100), ("e", 500), ("b", 200), ("d", 400)] {
        clock.set(at);
        log.start_execution(id, "1.0.0", &[], None, "code.graph")?;
    }
    let recent = log.get_recent(3)?;
    let ids: Vec<_> = recent
        .iter()
        .map(|record| record.execution_id.as_str())
        .collect();
    assert_eq!(ids, ["e", "d", "c"]);
    Ok(())
}

#[test]
fn test_execution_log_kv_reads_what_magellan_wrote() -> Result {
    use sqlitegraph_native_v2::backend::KvValue;

    let folder = tempfile::tempdir()?;
    let backend = create(&folder.path().join("code.graph"))?;
    // As magellan 2.2.1 writes it: the start serves as the number too.
    let value = serde_json::json!({
        "id": 1_770_000_000, "execution_id": "6980b480-1f2", "tool_version": "2.2.1",
        "args": "[\"magellan\",\"index\"]", "root": null, "db_path": "code.graph",
        "started_at": 1_770_000_000, "finished_at": 1_770_000_003, "duration_ms": 3000,
        "outcome": "success", "error_message": null,
        "files_indexed": 12, "symbols_indexed": 340, "references_indexed": 1210
    });
    backend.kv_set(b"execlog:6980b480-1f2".to_vec(), KvValue::Json(value), None)?;

    let log = ExecutionLog::with_kv_backend(backend).with_clock(ManualClock::at(1_780_000_000));
    let record = log
        .get_by_id("6980b480-1f2")?
        .ok_or("the record is there")?;
    assert_eq!(record.id, 1_770_000_000);
    assert_eq!(record.arguments()?, ["magellan", "index"]);
    assert_eq!(record.outcome()?, Some(Outcome::Success));
    let own = log.start_execution("own", "1.0.0", &[], None, "code.graph")?;
    assert_eq!(own, 2, "the log's own numbers go on behind those it found");
    let newest = log.get_recent(2)?;
    let ids: Vec<_> = newest.iter().map(|run| run.execution_id.as_str()).collect();
    assert_eq!(ids, ["own", "6980b480-1f2"]);
    Ok(())
}
