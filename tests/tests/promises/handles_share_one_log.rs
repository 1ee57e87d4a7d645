//! Several handles on one log.

use execlog::kv::{KvEntry, KvStore, MemoryKv};
use execlog::{Error, ExecutionLog, Threads};

fn start<T: Threads>(log: &ExecutionLog<T>, id: &str) -> i64 {
    log.start_execution(id, "1.0.0", &[], None, "code.db")
        .expect("the run starts")
}

/// Neither handle takes a number or an id that the other has taken.
fn two_handles_share_one_log<T: Threads>(one: &ExecutionLog<T>, other: &ExecutionLog<T>) {
    for number in (1..60).step_by(3) {
        assert_eq!(start(one, &format!("one {number}")), number);
        assert_eq!(start(other, &format!("other {number}")), number + 1);
        assert_eq!(start(other, &format!("another {number}")), number + 2);
    }
    let taken = other.start_execution("one 1", "1.0.0", &[], None, "code.db");
    assert!(matches!(taken, Err(Error::Duplicate { .. })));
    other
        .finish_execution("one 1", "success", None, 0, 0, 0)
        .expect("the run ends");
    let again = one.finish_execution("one 1", "error", None, 0, 0, 0);
    assert!(matches!(again, Err(Error::AlreadyFinished { .. })));
    assert_eq!(one.list_all(None).expect("reads").len(), 60);
}

#[test]
fn on_a_sqlite_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("log.db");
    two_handles_share_one_log(&ExecutionLog::new(&path), &ExecutionLog::new(&path));
}

#[test]
fn on_a_key_value_store() {
    let store = MemoryKv::default();
    let one = ExecutionLog::from_local_kv_store(store.clone());
    two_handles_share_one_log(&one, &ExecutionLog::from_local_kv_store(store));
}

#[cfg(feature = "native-v2")]
#[test]
fn on_a_native_graph() {
    use sqlitegraph_native_v2::{GraphBackend, NativeGraphBackend};
    use std::rc::Rc;

    let folder = tempfile::tempdir().expect("a temporary folder");
    let graph = NativeGraphBackend::new(folder.path().join("code.graph")).expect("a new graph");
    let graph: Rc<dyn GraphBackend> = Rc::new(graph);
    let one = ExecutionLog::with_kv_backend(Rc::clone(&graph));
    two_handles_share_one_log(&one, &ExecutionLog::with_kv_backend(graph));
}

#[test]
fn many_threads_may_meet_at_a_file_that_is_not_there_yet() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("log.db");
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let path = &path;
            scope.spawn(move || {
                let log = ExecutionLog::new(path);
                for run in 0..10 {
                    let id = format!("{thread}-{run}");
                    start(&log, &id);
                    log.finish_execution(&id, "success", None, 0, 0, 0)
                        .expect("the run ends");
                }
            });
        }
    });
    let runs = ExecutionLog::new(&path).list_all(None).expect("reads");
    let mut numbers: Vec<i64> = runs.iter().map(|run| run.id).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=160).collect::<Vec<_>>());
    assert!(runs.iter().all(|run| run.outcome == "success"));
}

#[test]
fn a_host_may_be_in_a_transaction_on_the_connection_it_shares() {
    let connection = rusqlite::Connection::open_in_memory().expect("opens");
    let shared = std::sync::Arc::new(parking_lot::Mutex::new(connection));
    let log = ExecutionLog::with_connection(shared.clone());

    shared.lock().execute_batch("BEGIN").expect("begins");
    start(&log, "rolled back");
    shared.lock().execute_batch("ROLLBACK").expect("ends");
    shared.lock().execute_batch("BEGIN").expect("begins");
    start(&log, "committed");
    shared.lock().execute_batch("COMMIT").expect("ends");

    let runs = log.list_all(None).expect("reads");
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].execution_id, "committed");
}

#[test]
fn the_log_is_that_of_the_file_and_not_of_one_attached_to_it() {
    let connection = rusqlite::Connection::open_in_memory().expect("opens");
    connection
        .execute_batch(
            "ATTACH ':memory:' AS other; CREATE TABLE other.execution_log (a);
             CREATE TEMP TABLE execution_log (a)",
        )
        .expect("attached");
    let shared = std::sync::Arc::new(parking_lot::Mutex::new(connection));
    let log = ExecutionLog::with_connection(shared.clone());
    assert_eq!(log.list_all(None).expect("reads"), []);
    start(&log, "a");
    assert_eq!(log.list_all(None).expect("reads").len(), 1);
    let sql = "SELECT count(*) FROM main.execution_log";
    let kept: i64 = shared
        .lock()
        .query_row(sql, [], |row| row.get(0))
        .expect("counted");
    assert_eq!(kept, 1);
}

/// A store that refuses keys with a certain start.
struct Refusing {
    store: MemoryKv,
    refused: &'static [u8],
}

impl KvStore for Refusing {
    fn get(&self, key: &[u8]) -> execlog::Result<Option<Vec<u8>>> {
        self.store.get(key)
    }

    fn set(&self, key: &[u8], value: &[u8]) -> execlog::Result<()> {
        if key.starts_with(self.refused) {
            return Err(Error::TooLarge {
                key: key.escape_ascii().to_string(),
                bytes: value.len(),
                limit: 0,
            });
        }
        self.store.set(key, value)
    }

    fn delete(&self, key: &[u8]) -> execlog::Result<()> {
        self.store.delete(key)
    }

    fn scan(&self, prefix: &[u8]) -> execlog::Result<Vec<KvEntry>> {
        self.store.scan(prefix)
    }

    fn flush(&self) -> execlog::Result<()> {
        self.store.flush()
    }
}

#[test]
fn a_run_is_never_in_the_log_without_its_number() {
    for (refused, next) in [(&b"execlog-seq:"[..], 1), (b"execlog:", 2)] {
        let store = MemoryKv::default();
        let refusing = ExecutionLog::from_local_kv_store(Refusing {
            store: store.clone(),
            refused,
        });
        let failed = refusing.start_execution("a", "1.0.0", &[], None, "code.db");
        assert!(matches!(failed, Err(Error::TooLarge { .. })));
        let log = ExecutionLog::from_local_kv_store(store);
        assert_eq!(log.list_all(None).expect("reads"), []);
        assert_eq!(
            start(&log, "a"),
            next,
            "a number may be left out, none is used twice"
        );
    }
}

#[test]
fn a_disabled_log_takes_everything_and_keeps_nothing() {
    let log = ExecutionLog::disabled();
    log.ensure_schema().expect("ready");
    assert_eq!(start(&log, "a"), 0);
    assert_eq!(start(&log, "a"), 0);
    for _ in 0..2 {
        log.finish_execution("a", "success", None, 0, 0, 0)
            .expect("dropped");
    }
    assert_eq!(log.get_by_id("a").expect("reads"), None);
    assert_eq!(log.list_all(None).expect("reads"), []);
    let nameless = log.start_execution("", "1.0.0", &[], None, "code.db");
    assert!(matches!(nameless, Err(Error::InvalidId { .. })));
}
