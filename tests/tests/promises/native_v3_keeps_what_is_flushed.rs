//! What sqlitegraph 3.9 does to values, which the adapter is built around. Where one of these fails
//! after an update, the engine has changed and the adapter can do with less.
use execlog::kv::{GraphKv, KvStore};
use execlog::{ExecutionLog, Outcome, Policy};
use sqlitegraph_native_v3::backend::KvValue;
use sqlitegraph_native_v3::{
    GraphBackend, GraphConfig, NativeGraphBackend, SnapshotId, SqliteGraph, SqliteGraphBackend,
    open_graph,
};
use std::path::Path;
use std::rc::Rc;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn set(graph: &dyn GraphBackend, key: &str, value: &str) {
    graph
        .kv_set(key.into(), KvValue::String(value.to_owned()), None)
        .expect("set");
}

fn found(graph: &dyn GraphBackend, snapshot: SnapshotId, prefix: &[u8]) -> Option<usize> {
    let found = graph.kv_prefix_scan(snapshot, prefix).ok()?;
    Some(found.len())
}

const LATEST: SnapshotId = SnapshotId(u64::MAX - 1);

#[test]
fn the_native_engine_finds_no_prefix_at_the_current_snapshot() {
    let folder = folder();
    let graph = NativeGraphBackend::create(folder.path().join("code.graph")).expect("created");
    set(&graph, "p:a", "1");
    assert_eq!(found(&graph, SnapshotId::current(), b"p:"), Some(0));
    assert_eq!(found(&graph, LATEST, b"p:"), Some(1));
}

#[test]
fn a_graph_in_sqlite_finds_a_prefix_only_in_decimals_and_at_the_current_snapshot() {
    let graph = SqliteGraph::open_in_memory().expect("opened");
    let graph = SqliteGraphBackend::from_graph(graph);
    set(&graph, "p:a", "1");
    assert_eq!(found(&graph, SnapshotId::current(), b"p:"), Some(0));
    assert_eq!(found(&graph, SnapshotId::current(), b"112,58"), Some(1));
    assert_eq!(found(&graph, LATEST, b"112,58"), None, "an error");
}

#[test]
fn the_adapter_finds_what_the_engine_does_not() {
    let folder = folder();
    let native = NativeGraphBackend::create(folder.path().join("code.graph")).expect("created");
    let in_sqlite = SqliteGraph::open_in_memory().expect("opened");
    let graphs: [Rc<dyn GraphBackend>; 2] = [
        Rc::new(native),
        Rc::new(SqliteGraphBackend::from_graph(in_sqlite)),
    ];
    for graph in graphs {
        for key in ["p:b", "q:a", "p:", "p:a"] {
            set(&*graph, key, "1");
        }
        let keys = GraphKv::from(graph).scan(b"p:").expect("scanned");
        let keys: Vec<_> = keys.iter().map(|(key, _)| key.as_slice()).collect();
        assert_eq!(keys, [&b"p:"[..], b"p:a", b"p:b"]);
    }
}

#[test]
fn a_graph_that_is_opened_again_has_its_log() -> Result<(), Box<dyn std::error::Error>> {
    let folder = folder();
    let path = &folder.path().join("code.graph");
    for number in 1..=3 {
        let graph: Rc<dyn GraphBackend> = Rc::from(open_graph(path, &GraphConfig::native())?);
        let log = ExecutionLog::with_kv_backend(graph);
        let started = log.start_execution(&number.to_string(), "1.0.0", &[], None, "x")?;
        assert_eq!(started, number);
    }
    Ok(())
}

/// How large the file is that the native engine keeps values in.
fn size(graph: &Path) -> u64 {
    let file = std::fs::metadata(graph.with_extension("v3checkpoint"));
    file.expect("the engine has flushed").len()
}

/// The size of a native graph with 200 runs, and then of the newest ten of them.
fn sizes_before_and_after_pruning(
    set_up: fn(execlog::LocalLog) -> execlog::LocalLog,
) -> (u64, u64) {
    let folder = folder();
    let path = folder.path().join("code.graph");
    {
        let graph = NativeGraphBackend::create(&path).expect("created");
        let log = set_up(ExecutionLog::with_kv_backend(Rc::new(graph)))
            .with_durability(execlog::Durability::LeftToEngine);
        for run in 0..200 {
            let id = run.to_string();
            log.start_execution(&id, "1.0.0", &[], None, "code.graph")
                .expect("the run starts");
            log.finish_execution(&id, Outcome::Success, None, 1, 2, 3)
                .expect("the run ends");
        }
    }
    let before = size(&path);
    {
        let graph = NativeGraphBackend::open(&path).expect("opened");
        let log = set_up(ExecutionLog::with_kv_backend(Rc::new(graph)));
        let pruned = log
            .prune_plan(&Policy::new().keep_last(10))
            .and_then(execlog::PrunePlan::apply)
            .expect("pruned");
        assert_eq!(pruned.len(), 190);
    }
    let after = size(&path);
    let graph = NativeGraphBackend::open(&path).expect("opened");
    let left = ExecutionLog::with_kv_backend(Rc::new(graph)).list_all(None);
    assert_eq!(left.expect("the log reads").len(), 10);
    (before, after)
}

#[test]
fn a_pruned_log_takes_less_room_once_the_graph_is_closed() {
    let (before, after) = sizes_before_and_after_pruning(execlog::LocalLog::without_seals);
    assert!(after < before / 10, "{before} bytes, then {after}");
    // The seals of the removals stay until the runs that were sealed before them are pruned, too.
    let (before, after) = sizes_before_and_after_pruning(|log| log);
    assert!(after < before / 3, "{before} bytes, then {after}");
}

/// A log's flush does what the host's own would have done.
#[test]
fn the_engine_writes_a_log_it_cannot_open_after_a_flush() {
    let folder = folder();
    let path = folder.path().join("code.graph");
    let graph = NativeGraphBackend::create_with_wal(&path, true).expect("created");
    set(&graph, "a", "1");
    graph.flush().expect("flushed");
    set(&graph, "b", &"x".repeat(100_000));
    let crashed = folder.path().join("crashed");
    std::fs::create_dir(&crashed).expect("made");
    for file in std::fs::read_dir(folder.path()).expect("read") {
        let file = file.expect("read").path();
        if file.is_file() {
            let name = file.file_name().expect("a name");
            std::fs::copy(&file, crashed.join(name)).expect("copied");
        }
    }
    let crashed = crashed.join("code.graph");
    assert!(NativeGraphBackend::open(&crashed).is_err());
    std::fs::remove_file(crashed.with_extension("v3wal")).expect("removed");
    let graph = NativeGraphBackend::open(&crashed).expect("opens without it");
    let kept = graph.kv_get(SnapshotId::current(), b"a").expect("read");
    assert_eq!(kept, Some(KvValue::String("1".to_owned())));
}

fn opened(path: &Path) -> Box<dyn GraphBackend> {
    open_graph(path, &GraphConfig::native()).expect("the graph opens")
}

fn value(graph: &dyn GraphBackend, key: &[u8]) -> Option<KvValue> {
    graph.kv_get(SnapshotId::current(), key).expect("read")
}

#[test]
fn a_native_graph_is_several_files_named_without_the_extension() {
    let folder = folder();
    let graph = opened(&folder.path().join("code.graph"));
    set(&*graph, "a", "1");
    graph.flush().expect("flushed");
    let files = std::fs::read_dir(folder.path()).expect("read");
    let files = files.map(|file| file.expect("read").file_name());
    let mut names: Vec<_> = files.filter_map(|name| name.into_string().ok()).collect();
    names.sort();
    let expected = [
        "code.graph",
        "code.sqlite",
        "code.v3checkpoint",
        "code.v3index",
    ];
    assert_eq!(names, expected);
    drop(graph);
    let other = opened(&folder.path().join("code.db"));
    set(&*other, "b", "1");
    drop(other);
    let graph = opened(&folder.path().join("code.graph"));
    assert_eq!(value(&*graph, b"a"), None, "the other graph wrote over it");
}

#[test]
fn a_flush_that_could_not_write_says_that_it_could() {
    let folder = folder();
    let path = folder.path().join("code.graph");
    let graph = opened(&path);
    std::fs::create_dir(path.with_extension("v3checkpoint")).expect("in the way");
    set(&*graph, "a", "1");
    graph.flush().expect("it says so");
    assert!(path.with_extension("v3checkpoint").is_dir());
}

#[test]
fn a_checkpoint_that_is_damaged_is_removed() {
    let folder = folder();
    let path = folder.path().join("code.graph");
    let graph = opened(&path);
    set(&*graph, "a", "1");
    drop(graph);
    let checkpoint = path.with_extension("v3checkpoint");
    let mut bytes = std::fs::read(&checkpoint).expect("read");
    *bytes.last_mut().expect("not empty") ^= 1;
    std::fs::write(&checkpoint, bytes).expect("damaged");
    let graph = opened(&path);
    assert!(!checkpoint.exists());
    assert_eq!(value(&*graph, b"a"), None);
}

#[test]
fn a_key_too_long_takes_the_others_with_it() {
    let folder = folder();
    let path = folder.path().join("code.graph");
    let graph = opened(&path);
    set(&*graph, "a", "1");
    set(&*graph, &"k".repeat(65_536), "1");
    drop(graph);
    assert_eq!(value(&*opened(&path), b"a"), None);
}

#[test]
fn a_value_that_was_set_over_another_lasts() {
    let folder = folder();
    let path = folder.path().join("code.graph");
    for number in 0..3 {
        let graph = opened(&path);
        set(&*graph, "a", &number.to_string());
        set(&*graph, "a", &(number * 10).to_string());
        drop(graph);
        let kept = value(&*opened(&path), b"a");
        assert_eq!(kept, Some(KvValue::String((number * 10).to_string())));
    }
}
