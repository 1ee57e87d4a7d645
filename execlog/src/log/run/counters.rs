//! The counters of a run.

use crate::capture::limits::MOST_NAMES;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The counters of a run. A clone counts for the same run, in any thread.
///
/// ```
/// use execlog::{ExecutionLog, Invocation};
///
/// let log = ExecutionLog::in_memory();
/// let run = log.begin(Invocation::new(["index"]));
/// let counters = run.counters();
/// std::thread::scope(|scope| {
///     for _ in 0..4 {
///         scope.spawn(|| counters.add_references(10));
///     }
/// });
/// run.succeed();
/// assert_eq!(log.get_recent(1)?[0].references_indexed, 40);
/// # Ok::<(), execlog::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Counters(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    files: AtomicU64,
    symbols: AtomicU64,
    references: AtomicU64,
    /// The host's own.
    own: Mutex<BTreeMap<String, i64>>,
}

impl Counters {
    /// Adds to the number of indexed files.
    pub fn add_files(&self, files: usize) {
        add(&self.0.files, files);
    }

    /// Adds to the number of symbols.
    pub fn add_symbols(&self, symbols: usize) {
        add(&self.0.symbols, symbols);
    }

    /// Adds to the number of references.
    pub fn add_references(&self, references: usize) {
        add(&self.0.references, references);
    }

    /// Sets the number of indexed files.
    pub fn set_files(&self, files: usize) {
        set(&self.0.files, files);
    }

    /// Sets the number of symbols.
    pub fn set_symbols(&self, symbols: usize) {
        set(&self.0.symbols, symbols);
    }

    /// Sets the number of references.
    pub fn set_references(&self, references: usize) {
        set(&self.0.references, references);
    }

    /// Adds to a counter of the host's own, which begins at 0. A run stores the first 64 names, each cut
    /// to 64 bytes.
    ///
    /// ```
    /// use execlog::{ExecutionLog, Invocation};
    ///
    /// let log = ExecutionLog::in_memory();
    /// let run = log.begin(Invocation::new(["index"]));
    /// run.counters().add("chunks", 12);
    /// run.counters().add("chunks", 3);
    /// run.succeed();
    /// let run = log.find("latest".parse()?)?.expect("a run");
    /// assert_eq!(run.context.expect("a context").counters["chunks"], 15);
    /// # Ok::<(), execlog::Error>(())
    /// ```
    pub fn add(&self, name: &str, items: usize) {
        let items = i64::try_from(items).unwrap_or(i64::MAX);
        self.change(name, |count| count.saturating_add(items));
    }

    /// Sets a counter of the host's own.
    pub fn set(&self, name: &str, items: usize) {
        let items = i64::try_from(items).unwrap_or(i64::MAX);
        self.change(name, |_| items);
    }

    fn change(&self, name: &str, change: impl FnOnce(i64) -> i64) {
        let mut own = self.0.own.lock();
        if let Some(count) = own.get_mut(name) {
            *count = change(*count);
        } else if own.len() < MOST_NAMES {
            own.insert(name.to_owned(), change(0));
        }
    }

    /// The counters of the host's own.
    pub(super) fn own(&self) -> BTreeMap<String, i64> {
        self.0.own.lock().clone()
    }

    /// Files, symbols and references, each at most [`i64::MAX`].
    pub(super) fn get(&self) -> (i64, i64, i64) {
        let get =
            |count: &AtomicU64| i64::try_from(count.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        (
            get(&self.0.files),
            get(&self.0.symbols),
            get(&self.0.references),
        )
    }
}

fn add(count: &AtomicU64, items: usize) {
    let add = |count: u64| Some(count.saturating_add(items as u64));
    // The closure always returns `Some`, so the update cannot fail.
    let _ = count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
}

fn set(count: &AtomicU64, items: usize) {
    count.store(items as u64, Ordering::Relaxed);
}
