//! A log and its runs may be held anywhere: in a struct, in another thread, across an await.

use execlog::kv::MemoryKv;
use execlog::{ExecutionLog, Invocation, LocalLog, Run, Status};
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::sync::mpsc;
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
    let log = ExecutionLog::new(folder.path().join("code.db")).in_graph();
    runs_of_many_threads_are_all_there_with_numbers_of_their_own(&log);
}

#[test]
fn threads_share_a_log_on_a_connection_of_the_host() {
    let connection = rusqlite::Connection::open_in_memory().expect("opens");
    let log = ExecutionLog::with_connection(parking_lot::Mutex::new(connection).into());
    runs_of_many_threads_are_all_there_with_numbers_of_their_own(&log);
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
