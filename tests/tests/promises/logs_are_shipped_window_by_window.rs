//! A log is shipped a window at a time, each once, and the next one is read while a target has the last one.

use execlog::{
    Error, ExecutionLog, Invocation, LocalLog, Parcel, Receipt, Result, ShipReport, Shipping,
    Target,
};
use parking_lot::Mutex;
use std::thread::{self, ThreadId};

/// More than a window of them.
const RUNS: usize = 2500;

/// A target that keeps the places of the seals that it has received, and refuses a parcel.
#[derive(Default)]
struct Kept {
    is_shared: bool,
    /// How many parcels come before the one that is refused.
    refuses_after: Option<usize>,
    received: Mutex<Vec<(ThreadId, Vec<u64>)>>,
}

impl Target for Kept {
    fn name(&self) -> String {
        "kept".to_owned()
    }

    fn as_shared(&self) -> Option<&(dyn Target + Sync)> {
        self.is_shared.then_some(self)
    }

    fn receive(&self, parcel: &Parcel<'_>) -> Result<Receipt> {
        let mut received = self.received.lock();
        if self.refuses_after == Some(received.len()) {
            return Err(Error::NotATarget);
        }
        let seals = parcel.seals.iter().map(|seal| seal.sequence);
        received.push((thread::current().id(), seals.collect()));
        Ok(Receipt::of_all(parcel))
    }
}

fn log() -> LocalLog {
    let log = ExecutionLog::in_memory();
    for _ in 0..RUNS {
        log.begin(Invocation::new(["index"])).succeed();
    }
    log.into()
}

fn ship(log: &LocalLog, target: &Kept) -> Result<ShipReport> {
    log.maintenance().ship(target, &Shipping::new())
}

/// The threads that have received, and the places in the order in which they came.
fn received(targets: &[Kept]) -> (Vec<ThreadId>, Vec<u64>) {
    let parcels = targets.iter().flat_map(|kept| kept.received.lock().clone());
    let (threads, places): (Vec<_>, Vec<_>) = parcels.unzip();
    (threads, places.concat())
}

fn all_places() -> Vec<u64> {
    (1..=2 * RUNS as u64).collect()
}

#[test]
fn a_shared_target_receives_each_window_once_and_in_order_in_other_threads() {
    let kept = Kept {
        is_shared: true,
        ..Kept::default()
    };
    let report = ship(&log(), &kept).expect("shipped");
    assert_eq!((report.sent, report.seals), (RUNS, 2 * RUNS));
    let (threads, places) = received(&[kept]);
    assert!(threads.len() > 1);
    assert!(!threads.contains(&thread::current().id()));
    assert_eq!(places, all_places());
}

#[test]
fn another_target_receives_them_in_the_thread_that_ships() {
    let kept = Kept::default();
    ship(&log(), &kept).expect("shipped");
    let (threads, places) = received(&[kept]);
    assert!(threads.len() > 1);
    assert!(
        threads
            .iter()
            .all(|thread| *thread == thread::current().id())
    );
    assert_eq!(places, all_places());
}

#[test]
fn the_whole_log_is_sent_again_on_request_and_a_failure_of_that_changes_nothing() {
    let log = log();
    let kept = Kept::default();
    ship(&log, &kept).expect("shipped");
    let all = |target| log.maintenance().ship(target, &Shipping::new().all());
    let failing = Kept {
        refuses_after: Some(1),
        ..Kept::default()
    };
    assert!(all(&failing).is_err());
    assert_eq!(ship(&log, &kept).expect("shipped").sent, 0);
    let again = Kept::default();
    assert_eq!(all(&again).expect("shipped").sent, RUNS);
    assert_eq!(received(&[again]).1, all_places());
}

#[test]
fn what_was_received_before_a_failure_is_not_sent_again() {
    for is_shared in [true, false] {
        let log = log();
        let failing = Kept {
            is_shared,
            refuses_after: Some(1),
            ..Kept::default()
        };
        assert!(ship(&log, &failing).is_err());
        let rest = Kept {
            is_shared,
            ..Kept::default()
        };
        ship(&log, &rest).expect("shipped");
        assert_eq!(ship(&log, &rest).expect("shipped").sent, 0);
        let (_, places) = received(&[failing, rest]);
        assert_eq!(places, all_places());
    }
}
