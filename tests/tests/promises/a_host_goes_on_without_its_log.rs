//! Whatever a log cannot write, the host gets what it would get without one, and one warning.

use execlog::kv::{KvEntry, KvStore, MemoryKv};
use execlog::{Error, ExecutionLog, Invocation, Result, Status, Threads};
use execlog_tests::bounded;
use execlog_tests::subject::locks_in;
use parking_lot::Mutex;
use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization, TransactionOperation};
use std::cell::Cell;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tracing_subscriber::fmt::MakeWriter;

/// What goes out through `tracing`, a line for each warning.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<u8>>>);

impl Write for Warnings {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Warnings {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Does the work of a host with a log, and gives the lines of warning.
pub(crate) fn warnings_of_host<T: Threads>(log: &ExecutionLog<T>) -> Vec<String> {
    let warnings = Warnings::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(warnings.clone())
        .with_ansi(false)
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let given = log.record(Invocation::new(["index", "src"]), |run| {
            run.counters().add_files(1);
            Ok::<_, String>("what the host made")
        });
        assert_eq!(given, Ok("what the host made"));
    });
    let text = String::from_utf8(warnings.0.lock().clone()).expect("text");
    text.lines().map(str::to_owned).collect()
}

/// What became of the one run of a log that can be written again.
fn status<T: Threads>(log: &ExecutionLog<T>) -> Option<Status> {
    let runs: Vec<_> = log.runs().into_iter().collect();
    assert!(runs.len() <= 1);
    let run = runs.into_iter().next()?.expect("the log reads");
    Some(run.status())
}

/// Checks a host whose log failed, from this call on or at this call alone.
fn check<T: Threads>(
    warnings: &[String],
    log: &ExecutionLog<T>,
    locks: &Path,
    (fault, call): (Fault, usize),
) {
    let status = status(log);
    assert_eq!(warnings.len(), 1, "{fault:?} {call}: {warnings:?}");
    let left = locks_in(locks);
    // It stays where the end of a recorded run could not be recorded, for crashed to be read.
    let is_end = warnings[0].contains("the end of this run is not in the log");
    assert_eq!(left, usize::from(is_end), "{fault:?} {call}: {status:?}");
    let is_right = match status {
        Some(Status::Success | Status::Crashed) => true,
        // A start that was written and not flushed has no lock once its run has ended.
        None | Some(Status::Unknown) => fault == Fault::From,
        _ => false,
    };
    assert!(is_right, "{fault:?} {call}: {status:?}");
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Only,
    From,
}

/// A store whose calls are counted, and fail when it is their turn.
#[derive(Clone, Default)]
struct Failing {
    store: MemoryKv,
    calls: Rc<Cell<usize>>,
    fault: Rc<Cell<Option<(Fault, usize)>>>,
    has_failed: Rc<Cell<bool>>,
}

impl Failing {
    fn call(&self, action: &'static str) -> Result<&MemoryKv> {
        let call = self.calls.replace(self.calls.get() + 1);
        let fails = match self.fault.get() {
            Some((Fault::Only, at)) => call == at,
            Some((Fault::From, at)) => call >= at,
            None => false,
        };
        if !fails {
            return Ok(&self.store);
        }
        self.has_failed.set(true);
        Err(Error::Engine {
            action,
            key: String::new(),
            source: "the disk is on fire".into(),
        })
    }
}

impl KvStore for Failing {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.call("read")?.get(key)
    }

    fn set(&self, key: &[u8], value: &[u8]) -> Result<()> {
        self.call("write")?.set(key, value)
    }

    fn delete(&self, key: &[u8]) -> Result<()> {
        self.call("delete")?.delete(key)
    }

    fn scan(&self, prefix: &[u8]) -> Result<Vec<KvEntry>> {
        self.call("scan")?.scan(prefix)
    }

    fn flush(&self) -> Result<()> {
        self.call("flush")?.flush()
    }
}

#[test]
fn every_call_of_a_key_value_store_may_fail() {
    for fault in [Fault::Only, Fault::From] {
        let mut calls = 0;
        loop {
            let locks = tempfile::tempdir().expect("a folder");
            let store = Failing::default();
            store.fault.set(Some((fault, calls)));
            let log =
                ExecutionLog::from_local_kv_store(store.clone()).with_lock_folder(locks.path());
            let warnings = warnings_of_host(&log);
            store.fault.set(None);
            if !store.has_failed.get() {
                assert_eq!((warnings.len(), status(&log)), (0, Some(Status::Success)));
                break;
            }
            check(&warnings, &log, locks.path(), (fault, calls));
            calls += 1;
        }
        assert!(calls > 10, "{calls} calls failed");
    }
}

/// What of SQLite fails.
#[derive(Debug, Clone, Copy)]
enum Hook {
    /// A step of a statement, as when it is interrupted.
    Step,
    /// A commit, which becomes a rollback.
    Commit,
    /// The preparing of a statement, but for a rollback, which no disk has to be asked for.
    Prepare,
}

const MENDED: usize = usize::MAX / 2;

/// Lets what the hook sees fail from a call on, or at that call alone, until it is mended.
fn install(connection: &mut Connection, hook: Hook, fault: Fault, at: usize) -> Arc<AtomicUsize> {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let fails = move || {
        let call = counted.load(Ordering::Relaxed);
        if call >= MENDED {
            return false;
        }
        counted.store(call + 1, Ordering::Relaxed);
        match fault {
            Fault::Only => call == at,
            Fault::From => call >= at,
        }
    };
    match hook {
        Hook::Step => {
            connection.progress_handler(1, Some(fails));
        }
        Hook::Commit => {
            connection.commit_hook(Some(fails));
        }
        Hook::Prepare => {
            connection.authorizer(Some(move |context: AuthContext<'_>| {
                let operation = TransactionOperation::Rollback;
                if context.action != (AuthAction::Transaction { operation }) && fails() {
                    Authorization::Deny
                } else {
                    Authorization::Allow
                }
            }));
        }
    }
    calls
}

fn every_call_of_sqlite_may_fail(hook: Hook, fault: Fault, least: usize) {
    for at in 0.. {
        let locks = tempfile::tempdir().expect("a folder");
        let mut connection = Connection::open_in_memory().expect("a database");
        let calls = install(&mut connection, hook, fault, at);
        let shared = Arc::new(Mutex::new(connection));
        let log = ExecutionLog::with_connection(shared).with_lock_folder(locks.path());
        let warnings = warnings_of_host(&log);
        if calls.swap(MENDED, Ordering::Relaxed) <= at {
            assert_eq!((warnings.len(), status(&log)), (0, Some(Status::Success)));
            assert!(at >= least, "{hook:?}: {at} calls failed");
            break;
        }
        check(&warnings, &log, locks.path(), (fault, at));
    }
}

/// Not from a step on: then not even a rollback would work, and there is no way out of a
/// transaction.
#[test]
fn every_step_of_sqlite_may_fail() {
    every_call_of_sqlite_may_fail(Hook::Step, Fault::Only, 200);
}

#[test]
fn every_commit_of_sqlite_may_fail() {
    every_call_of_sqlite_may_fail(Hook::Commit, Fault::Only, 2);
    every_call_of_sqlite_may_fail(Hook::Commit, Fault::From, 2);
}

#[test]
fn every_statement_of_sqlite_may_be_refused() {
    every_call_of_sqlite_may_fail(Hook::Prepare, Fault::Only, 50);
    every_call_of_sqlite_may_fail(Hook::Prepare, Fault::From, 50);
}

#[test]
fn a_host_that_has_no_place_for_locks_is_warned_and_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("written");
    let log = ExecutionLog::in_memory().with_lock_folder(file.join("locks"));
    let warnings = warnings_of_host(&log);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].contains("a crash of this run cannot be detected"),
        "{warnings:?}"
    );
    assert_eq!(status(&log), Some(Status::Success));
}

const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Begins a run while `lock` is held by another connection.
fn begin_is_held_up_no_longer_than_the_timeout(path: &Path, lock: &str) {
    let other = Connection::open(path).expect("opens");
    other.execute_batch(lock).expect("locked");
    let log = ExecutionLog::new(path);
    let before = Instant::now();
    let run = log.begin(Invocation::new(["index"]));
    let waited = before.elapsed();
    assert!(!run.is_recorded());
    assert!(waited >= BUSY_TIMEOUT, "it waits for the lock: {waited:?}");
    assert!(waited < BUSY_TIMEOUT * 3 / 2, "and no longer: {waited:?}");
    other.execute_batch("ROLLBACK").expect("unlocked");
    run.succeed();
    assert_eq!(
        status(&log),
        Some(Status::Success),
        "the whole run is recorded at its end"
    );
}

#[test]
fn a_locked_file_holds_a_host_up_no_longer_than_the_timeout() {
    let folder = tempfile::tempdir().expect("a folder");
    let [exclusive, own, commit] =
        ["exclusive.db", "own.db", "commit.db"].map(|name| folder.path().join(name));
    let create = |path: &Path| {
        let made =
            Connection::open(path).and_then(|host| host.execute_batch("CREATE TABLE host (a)"));
        made.expect("a file of the host");
    };
    create(&exclusive);
    create(&commit);
    ExecutionLog::new(&own).ensure_schema().expect("made");
    ExecutionLog::new(&commit)
        .begin(Invocation::new(["first"]))
        .succeed();
    Connection::open(&commit)
        .and_then(|connection| connection.execute_batch("DELETE FROM execution_log"))
        .expect("emptied");
    let _limit = bounded::limit(bounded::PATIENCE);
    std::thread::scope(|scope| {
        for (path, lock) in [
            (&exclusive, "BEGIN EXCLUSIVE"),
            (&own, "BEGIN IMMEDIATE"),
            // A reader lets another begin to write, and not commit, where there is no write-ahead
            // log.
            (&commit, "BEGIN; SELECT count(*) FROM host"),
        ] {
            scope.spawn(move || begin_is_held_up_no_longer_than_the_timeout(path, lock));
        }
    });
}

#[test]
fn a_connection_that_the_host_holds_does_not_hold_the_host_up_for_ever() {
    let shared = Arc::new(Mutex::new(
        Connection::open_in_memory().expect("a database"),
    ));
    let log = ExecutionLog::with_connection(Arc::clone(&shared));
    let _limit = bounded::limit(bounded::PATIENCE);
    let held = shared.lock();
    let before = Instant::now();
    let run = log.begin(Invocation::new(["index"]));
    assert!(before.elapsed() < BUSY_TIMEOUT * 3 / 2);
    assert!(!run.is_recorded());
    drop(held);
    run.succeed();
    assert_eq!(status(&log), Some(Status::Success));
}
