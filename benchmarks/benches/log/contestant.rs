//! What a benchmark compares: a log, and what could be written by hand in its place.

use std::error::Error;
use std::path::Path;

/// Whatever goes wrong ends the comparison.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// A place where runs can be kept, and the ways to keep them there.
pub(crate) struct Store {
    pub(crate) name: &'static str,
    /// The first is execlog, and the second what the others are measured by.
    pub(crate) contestants: Vec<Contestant>,
}

type Open = Box<dyn Fn(&Path) -> Result<Box<dyn Log>>>;
type Fill = Box<dyn Fn(&Path, usize) -> Result>;

/// A way to keep runs.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    /// Opens a log that has been filled.
    pub(crate) open: Open,
    /// Makes a log of so many runs that have ended.
    pub(crate) fill: Fill,
}

/// What is measured. What a contestant cannot do it leaves out.
pub(crate) trait Log {
    fn start_and_finish(&mut self, id: &str) -> Result;

    /// Reads the 20 newest, and says how many it found.
    fn newest(&mut self) -> Option<Result<usize>> {
        None
    }

    /// Reads one run, and says whether it is there.
    fn get(&mut self, _id: &str) -> Option<Result<bool>> {
        None
    }
}
