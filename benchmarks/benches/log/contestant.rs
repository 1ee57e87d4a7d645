//! The contestants: a log, and hand-written code that could replace it.

use std::error::Error;
use std::path::Path;

/// Any error ends the comparison.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// A kind of store and its contestants.
pub(crate) struct Store {
    pub(crate) name: &'static str,
    /// The first is execlog. The second is the base of the ratios.
    pub(crate) contestants: Vec<Contestant>,
}

type Open = Box<dyn Fn(&Path) -> Result<Box<dyn Log>>>;
type Fill = Box<dyn Fn(&Path, usize) -> Result>;

/// One way to record runs.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    /// Opens a filled log.
    pub(crate) open: Open,
    /// Makes a log with this many finished runs.
    pub(crate) fill: Fill,
}

/// The operations that are measured. A contestant leaves out those that it does not support.
pub(crate) trait Log {
    fn start_and_finish(&mut self, id: &str) -> Result;

    /// Reads the 20 newest runs and returns how many it found.
    fn newest(&mut self) -> Option<Result<usize>> {
        None
    }

    /// Reads one run and returns whether it exists.
    fn get(&mut self, _id: &str) -> Option<Result<bool>> {
        None
    }
}
