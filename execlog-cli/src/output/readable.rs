//! Skips runs that cannot be read.

use super::messages;
use crate::failure::Failure;
use execlog::Error;

/// Yields what can be read. Reports and counts each item that is damaged, and goes on with the next.
/// Any other error is yielded.
pub(crate) struct Readable<I, R> {
    items: I,
    report: R,
    unreadable: usize,
}

impl<T, I, R> Readable<I, R>
where
    I: Iterator<Item = execlog::Result<T>>,
    R: FnMut(&str),
{
    /// Passes the message for each damaged item to `report`.
    pub(crate) fn new(items: impl IntoIterator<IntoIter = I>, report: R) -> Self {
        Self {
            items: items.into_iter(),
            report,
            unreadable: 0,
        }
    }

    /// How many damaged items there have been.
    pub(crate) fn unreadable(&self) -> usize {
        self.unreadable
    }

    /// Fails if there has been a damaged run.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        match self.unreadable {
            0 => Ok(()),
            unreadable => Err(Failure::failed(format!(
                "left out {} that cannot be read: run `execlog verify` for details",
                messages::runs(unreadable)
            ))),
        }
    }
}

impl<T, I, R> Iterator for Readable<I, R>
where
    I: Iterator<Item = execlog::Result<T>>,
    R: FnMut(&str),
{
    type Item = Result<T, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.items.next()? {
                Err(error @ Error::Corrupt { .. }) => {
                    (self.report)(&error.to_string());
                    self.unreadable += 1;
                }
                other => return Some(other.map_err(Failure::from)),
            }
        }
    }
}
