//! A run of a log, and the merged runs of several logs.

use super::fields::{Field, started_at_ms};
use super::ids::Ids;
use super::value::Value;
use execlog::{LocalLog, Result, RunEntry};
use std::cmp::Reverse;
use std::iter::Peekable;

/// A run, and what is known of it from its log.
pub(crate) struct Listed<'log> {
    run: RunEntry,
    ids: Ids<'log>,
    log_name: &'log str,
}

impl<'log> Listed<'log> {
    /// A run of the log with this name.
    pub(crate) fn new(run: RunEntry, log: &'log LocalLog, log_name: &'log str) -> Self {
        let ids = Ids::of(log);
        Self { run, ids, log_name }
    }

    pub(crate) fn value(&self, field: Field) -> Value {
        match field {
            Field::short_id => Value::Text(self.ids.short(&self.run.record.execution_id)),
            Field::log => Value::Text(self.log_name.to_owned()),
            field => field.of(&self.run),
        }
    }
}

/// What [`Merged`] sorts by.
pub(crate) trait Began {
    /// When the run began, in milliseconds since 1970.
    fn began_ms(&self) -> i64;
}

impl Began for Listed<'_> {
    fn began_ms(&self) -> i64 {
        started_at_ms(&self.run)
    }
}

/// Merges runs that are sorted newest first. Of runs that began at the same time, those of an earlier log come
/// first.
pub(crate) struct Merged<I: Iterator>(Vec<Peekable<I>>);

impl<T: Began, I: Iterator<Item = Result<T>>> Merged<I> {
    pub(crate) fn of(logs: impl IntoIterator<Item = I>) -> Self {
        Self(logs.into_iter().map(Iterator::peekable).collect())
    }
}

impl<T: Began, I: Iterator<Item = Result<T>>> Iterator for Merged<I> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        let logs = self.0.iter_mut();
        let newest = logs.filter_map(|log| {
            let began = match log.peek()? {
                Ok(run) => run.began_ms(),
                // An error is in its place in its log: pass it on at once.
                Err(_) => i64::MAX,
            };
            Some((Reverse(began), log))
        });
        let (_, log) = newest.min_by_key(|(began, _)| *began)?;
        log.next()
    }
}
