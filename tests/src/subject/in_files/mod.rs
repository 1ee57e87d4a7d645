#[cfg(feature = "native-v2")]
mod native_v2;
#[cfg(feature = "native-v3")]
mod native_v3;

use super::{START, Subject};
use execlog::ExecutionLog;
use execlog::clock::ManualClock;
use std::path::Path;
use std::rc::Rc;

/// Opens a log, made if there is none. Panics if it cannot be opened.
pub type Open = fn(&Path) -> ExecutionLog;

/// Every kind of log that is kept in files, and so outlives its process.
#[must_use]
pub fn in_files() -> Vec<(&'static str, Open)> {
    let sqlite: (&'static str, Open) = ("sqlite", ExecutionLog::new);
    let graphs = native_v2_graphs().iter().chain(native_v3_graphs());
    [sqlite].iter().chain(graphs).copied().collect()
}

#[cfg(feature = "native-v2")]
use native_v2::graphs as native_v2_graphs;
#[cfg(feature = "native-v3")]
use native_v3::graphs as native_v3_graphs;

#[cfg(not(feature = "native-v2"))]
fn native_v2_graphs() -> &'static [(&'static str, Open)] {
    &[]
}

#[cfg(not(feature = "native-v3"))]
fn native_v3_graphs() -> &'static [(&'static str, Open)] {
    &[]
}

/// The log is closed and opened again before every call, as if each came from another process.
pub(super) struct Reopened {
    folder: tempfile::TempDir,
    clock: ManualClock,
    open: Open,
}

impl Reopened {
    pub(super) fn new(open: Open) -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            clock: ManualClock::at(START),
            open,
        }
    }
}

impl Subject for Reopened {
    fn log(&self) -> Rc<ExecutionLog> {
        let log = (self.open)(&self.folder.path().join("code.graph"));
        Rc::new(log.with_clock(self.clock.clone()))
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }
}
