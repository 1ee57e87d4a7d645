//! A log and its runs may be held anywhere: in a struct, in another thread, across an await.

use execlog::kv::{KvEntry, KvStore, MemoryKv};
use execlog::{ExecutionLog, Invocation, LocalLog, Run, Status};
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

const WAIT: Duration = Duration::from_secs(60);

fn assert_send_and_sync<T: Send + Sync + 'static>() {}

#[test]
fn a_log_and_its_run_cross_threads_and_borrow_nothing() {
    assert_send_and_sync::<ExecutionLog>();
    assert_send_and_sync::<Run>();
    assert_send_and_sync::<execlog::Counters>();
    let log = ExecutionLog::in_memory();
    let counted: Box<dyn Fn() -> usize + Send + Sync> = {
        let log = log.clone();
        Box::new(move || log.runs().into_iter().count())
    };
    log.begin(Invocation::new(["index"])).succeed();
    assert_eq!(counted(), 1);
}

/// A host that keeps its log and the run that goes on.
struct App {
    log: ExecutionLog,
    run: Option<Run>,
}

#[test]
fn a_host_keeps_a_log_and_a_run_in_one_struct_and_ends_the_run_in_another_thread() {
    let mut app = App {
        log: ExecutionLog::in_memory(),
        run: None,
    };
    app.run = Some(app.log.begin(Invocation::new(["watch"])));
    let run = app.run.take().expect("it goes on");
    std::thread::spawn(move || {
        run.counters().set_symbols(340);
        run.partial("1 file is missing");
    })
    .join()
    .expect("it ends");
    let found = app.log.find("latest".parse().expect("a selector"));
    let found = found.expect("reads").expect("a run");
    assert_eq!(found.status(), Status::Partial);
    assert_eq!(found.record.symbols_indexed, 340);
}

#[test]
fn a_run_outlives_every_handle_on_its_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.db");
    let log = ExecutionLog::new(&file);
    let run = log.begin(Invocation::new(["index"]));
    drop(log);
    run.succeed();
    let listed = ExecutionLog::new(&file).list_all(None).expect("reads");
    assert_eq!(listed[0].outcome, "success");
}

fn runs_of_many_threads_are_all_there_with_numbers_of_their_own(log: &ExecutionLog) {
    const THREADS: usize = 8;
    const RUNS: usize = 25;
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            let log = log.clone();
            scope.spawn(move || {
                for _ in 0..RUNS {
                    let run = log.begin(Invocation::new(["index"]));
                    assert!(run.is_recorded());
                    run.counters().add_files(1);
                    run.succeed();
                    assert!(log.runs().limit(1).into_iter().all(|run| run.is_ok()));
                }
            });
        }
    });
    let runs = log.list_all(None).expect("reads");
    assert_eq!(runs.len(), THREADS * RUNS);
    let numbers: BTreeSet<i64> = runs.iter().map(|run| run.id).collect();
    assert_eq!(numbers.len(), THREADS * RUNS);
    assert!(
        runs.iter()
            .all(|run| run.outcome == "success" && run.files_indexed == 1)
    );
    let verified = log.maintenance().verify().expect("verified");
    assert_eq!(verified.findings, []);
}

#[test]
fn threads_share_a_log_in_a_sqlite_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = ExecutionLog::new(folder.path().join("code.db"));
    runs_of_many_threads_are_all_there_with_numbers_of_their_own(&log);
}

#[test]
fn threads_share_a_log_in_the_key_value_table_of_a_sqlite_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = ExecutionLog::new(folder.path().join("code.db"))
        .maintenance()
        .in_graph();
    runs_of_many_threads_are_all_there_with_numbers_of_their_own(&log);
}

#[test]
fn threads_share_a_log_on_a_connection_of_the_host() {
    let connection = rusqlite::Connection::open_in_memory().expect("opens");
    let log = ExecutionLog::with_connection(Mutex::new(connection).into());
    runs_of_many_threads_are_all_there_with_numbers_of_their_own(&log);
}

/// A store that keeps what was flushed apart, as one on a disk does.
#[derive(Clone, Default)]
struct Flushing {
    written: MemoryKv,
    flushed: Arc<Mutex<BTreeSet<Vec<u8>>>>,
}

impl KvStore for Flushing {
    fn get(&self, key: &[u8]) -> execlog::Result<Option<Vec<u8>>> {
        self.written.get(key)
    }

    fn set(&self, key: &[u8], value: &[u8]) -> execlog::Result<()> {
        std::thread::yield_now();
        self.written.set(key, value)
    }

    fn delete(&self, key: &[u8]) -> execlog::Result<()> {
        self.written.delete(key)
    }

    fn scan(&self, prefix: &[u8]) -> execlog::Result<Vec<KvEntry>> {
        self.written.scan(prefix)
    }

    fn flush(&self) -> execlog::Result<()> {
        let written = self.written.scan(b"")?.into_iter().map(|(key, _)| key);
        self.flushed.lock().extend(written);
        Ok(())
    }
}

#[test]
fn what_a_thread_has_acknowledged_is_flushed_whatever_others_do() {
    let store = Flushing::default();
    let log = ExecutionLog::from_kv_store(store.clone());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (log, store) = (log.clone(), store.clone());
            scope.spawn(move || {
                for run in 0..100 {
                    let id = format!("{thread}-{run}");
                    log.start_execution(&id, "1.0.0", &[], None, "code.db")
                        .expect("started");
                    let key = execlog::execution_log_key(&id);
                    assert!(store.flushed.lock().contains(&key), "{id} was acknowledged");
                }
            });
        }
    });
}

/// A store that panics.
struct Panicking;

impl KvStore for Panicking {
    fn get(&self, _: &[u8]) -> execlog::Result<Option<Vec<u8>>> {
        panic!("the store is broken");
    }

    fn set(&self, _: &[u8], _: &[u8]) -> execlog::Result<()> {
        panic!("the store is broken");
    }

    fn delete(&self, _: &[u8]) -> execlog::Result<()> {
        panic!("the store is broken");
    }

    fn scan(&self, _: &[u8]) -> execlog::Result<Vec<KvEntry>> {
        panic!("the store is broken");
    }

    fn flush(&self) -> execlog::Result<()> {
        panic!("the store is broken");
    }
}

#[test]
fn a_store_that_panics_panics_once_and_does_not_abort_its_host() {
    let log = ExecutionLog::from_kv_store(Panicking);
    let begins = std::panic::AssertUnwindSafe(|| log.begin(Invocation::new(["index"])));
    let panic = std::panic::catch_unwind(begins).expect_err("it panics");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"the store is broken"));
}

#[test]
fn a_timeout_longer_than_sqlite_takes_is_shortened() {
    let log = ExecutionLog::in_memory().with_busy_timeout(Duration::MAX);
    log.begin(Invocation::new(["index"])).succeed();
    assert_eq!(log.list_all(None).expect("reads").len(), 1);
}

#[test]
fn a_run_does_not_wait_for_a_thread_that_reads_the_whole_log() {
    let store = Slow::default();
    let log =
        ExecutionLog::from_kv_store(store.clone()).with_busy_timeout(Duration::from_millis(50));
    let reader = {
        let log = log.clone();
        std::thread::spawn(move || log.maintenance().verify().map(drop))
    };
    store.reading.wait();
    let run = log.begin(Invocation::new(["index"]));
    assert!(!run.is_recorded(), "the begin gave up");
    store.may_end.wait();
    reader.join().expect("it ends").expect("verified");
    run.succeed();
    assert_eq!(log.list_all(None).expect("reads").len(), 1);
}

/// A store whose first scan lasts until it is told to end.
#[derive(Clone)]
struct Slow {
    store: MemoryKv,
    is_first: Arc<AtomicBool>,
    reading: Arc<Barrier>,
    may_end: Arc<Barrier>,
}

impl Default for Slow {
    fn default() -> Self {
        Self {
            store: MemoryKv::default(),
            is_first: Arc::new(AtomicBool::new(true)),
            reading: Arc::new(Barrier::new(2)),
            may_end: Arc::new(Barrier::new(2)),
        }
    }
}

impl KvStore for Slow {
    fn get(&self, key: &[u8]) -> execlog::Result<Option<Vec<u8>>> {
        self.store.get(key)
    }

    fn set(&self, key: &[u8], value: &[u8]) -> execlog::Result<()> {
        self.store.set(key, value)
    }

    fn delete(&self, key: &[u8]) -> execlog::Result<()> {
        self.store.delete(key)
    }

    fn scan(&self, prefix: &[u8]) -> execlog::Result<Vec<KvEntry>> {
        if self.is_first.swap(false, Ordering::SeqCst) {
            self.reading.wait();
            self.may_end.wait();
        }
        self.store.scan(prefix)
    }

    fn flush(&self) -> execlog::Result<()> {
        Ok(())
    }
}

#[test]
fn threads_share_a_log_in_a_key_value_store() {
    let log = ExecutionLog::from_kv_store(MemoryKv::default());
    runs_of_many_threads_are_all_there_with_numbers_of_their_own(&log);
}

#[test]
fn one_thread_does_not_wait_for_anothers_run() {
    let log = ExecutionLog::in_memory();
    let (began, has_begun) = mpsc::channel();
    let (end, may_end) = mpsc::channel();
    let other = {
        let log = log.clone();
        std::thread::spawn(move || {
            log.record(Invocation::new(["watch"]), |_| {
                began.send(()).expect("somebody waits");
                may_end.recv_timeout(WAIT)
            })
        })
    };
    has_begun.recv_timeout(WAIT).expect("it begins");
    log.begin(Invocation::new(["index"])).succeed();
    assert_eq!(log.runs().status(Status::Success).into_iter().count(), 1);
    end.send(()).expect("it waits");
    other.join().expect("it ends").expect("it was told");
}

#[test]
fn settings_hold_for_the_handle_that_they_were_made_on() {
    let log = ExecutionLog::in_memory();
    let clock = execlog::clock::ManualClock::at(60);
    let other = log.clone().with_clock(clock);
    other.begin(Invocation::new(["old"])).succeed();
    log.begin(Invocation::new(["new"])).succeed();
    let starts: Vec<i64> = log
        .list_all(None)
        .expect("reads")
        .iter()
        .map(|run| run.started_at)
        .collect();
    assert_eq!(starts.len(), 2);
    assert!(starts[0] > 1_700_000_000 && starts[1] == 60, "{starts:?}");
}

#[test]
fn a_host_may_choose_at_run_time_what_it_keeps_its_log_in() {
    let logs: [LocalLog; 3] = [
        ExecutionLog::in_memory().into(),
        ExecutionLog::from_local_kv_store(MemoryKv::default()),
        ExecutionLog::disabled().into(),
    ];
    for (log, kept) in logs.iter().zip([1, 1, 0]) {
        log.begin(Invocation::new(["index"])).succeed();
        assert_eq!(log.list_all(None).expect("reads").len(), kept);
    }
}

#[test]
fn a_panic_is_recorded_with_its_text_and_goes_on() {
    let log = ExecutionLog::in_memory();
    let panicking = std::panic::AssertUnwindSafe(|| {
        log.record(Invocation::new(["index"]), |run| -> Result<(), String> {
            run.counters().add_files(3);
            panic!("no room for {} files", run.execution_id().len());
        })
    });
    let panic = std::panic::catch_unwind(panicking).expect_err("it goes on");
    assert_eq!(
        panic.downcast_ref::<String>().map(String::as_str),
        Some("no room for 36 files")
    );
    let run = &log.list_all(None).expect("reads")[0];
    assert_eq!(run.outcome, "error");
    assert_eq!(
        run.error_message.as_deref(),
        Some("panicked: no room for 36 files")
    );
    assert_eq!(run.files_indexed, 3);
}

/// Polls a future once.
fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn spawnable<T: Send + 'static>(_: &(impl Future<Output = T> + Send + 'static)) {}

#[test]
fn a_run_is_held_across_an_await_in_a_future_that_a_runtime_may_move() {
    let log = ExecutionLog::in_memory();
    let task = {
        let log = log.clone();
        async move {
            let run = log.begin(Invocation::new(["index"]));
            std::future::ready(()).await;
            run.counters().add_files(1);
            run.succeed();
        }
    };
    spawnable(&task);
    assert_eq!(poll(pin!(task)), Poll::Ready(()));

    let task = {
        let log = log.clone();
        async move {
            let work = log.record_async(Invocation::new(["fetch"]), async |run| {
                std::future::ready(()).await;
                run.counters().add_files(2);
                Err::<(), _>("the host is away")
            });
            work.await
        }
    };
    spawnable(&task);
    assert_eq!(poll(pin!(task)), Poll::Ready(Err("the host is away")));
    let runs = log.list_all(None).expect("reads");
    assert_eq!(
        (runs[0].outcome.as_str(), runs[1].outcome.as_str()),
        ("error", "success")
    );
    assert_eq!(runs[0].error_message.as_deref(), Some("the host is away"));
    assert_eq!(runs[0].files_indexed, 2);
}

#[test]
fn a_run_that_is_cancelled_with_its_future_says_so() {
    let log = ExecutionLog::in_memory();
    {
        let work = log.record_async(Invocation::new(["fetch"]), async |_| {
            std::future::pending::<()>().await;
            Ok::<(), String>(())
        });
        let mut work = pin!(work);
        assert!(poll(work.as_mut()).is_pending());
        assert_eq!(log.list_all(None).expect("reads")[0].outcome, "running");
    }
    let run = &log.list_all(None).expect("reads")[0];
    assert_eq!(run.outcome, "error");
    assert_eq!(run.error_message.as_deref(), Some("cancelled"));
}

#[test]
fn a_panic_in_a_future_is_recorded_with_its_text() {
    let log = ExecutionLog::in_memory();
    let panicking = std::panic::AssertUnwindSafe(|| {
        let work = log.record_async(
            Invocation::new(["fetch"]),
            async |_| -> Result<(), String> {
                std::future::ready(()).await;
                panic!("no such page");
            },
        );
        poll(pin!(work))
    });
    std::panic::catch_unwind(panicking).expect_err("it goes on");
    let run = &log.list_all(None).expect("reads")[0];
    assert_eq!(run.error_message.as_deref(), Some("panicked: no such page"));
}
