//! A run of a log, and the merged runs of several logs.

use super::fields::{Field, started_at_ms};
use super::ids::Ids;
use super::value::Value;
use execlog::{LocalLog, Result, RunEntry};
use std::cmp::Reverse;
use std::iter::Peekable;
use std::rc::Rc;

/// How many runs are taken together to shorten their ids.
const PAGE: usize = 100;

/// A run, and what is known of it from its log.
pub(crate) struct Listed<'log> {
    run: RunEntry,
    /// The ids of this run and some others.
    ids: Rc<Ids<'log>>,
    place: usize,
    log_name: &'log str,
}

impl<'log> Listed<'log> {
    /// A run of the log with this name.
    pub(crate) fn new(run: RunEntry, log: &'log LocalLog, log_name: &'log str) -> Self {
        let id = run.record.execution_id.clone();
        Self {
            run,
            ids: Rc::new(Ids::new(log, vec![id])),
            place: 0,
            log_name,
        }
    }

    /// Runs of the log with this name, as they are read.
    pub(crate) fn all(
        runs: impl Iterator<Item = Result<RunEntry>>,
        log: &'log LocalLog,
        log_name: &'log str,
    ) -> impl Iterator<Item = Result<Self>> {
        let mut runs = runs.fuse();
        let mut page = Vec::new().into_iter();
        let mut failed = None;
        std::iter::from_fn(move || {
            if page.len() == 0 && failed.is_none() {
                let mut read = Vec::new();
                for run in runs.by_ref().take(PAGE) {
                    match run {
                        Ok(run) => read.push(run),
                        Err(error) => {
                            failed = Some(error);
                            break;
                        }
                    }
                }
                page = Self::together(read, log, log_name).into_iter();
            }
            let listed = page.next().map(Ok);
            listed.or_else(|| failed.take().map(Err))
        })
    }

    /// Runs of the log with this name, whose ids are shortened together.
    pub(crate) fn together(
        runs: Vec<RunEntry>,
        log: &'log LocalLog,
        log_name: &'log str,
    ) -> Vec<Self> {
        let ids = runs.iter().map(|run| run.record.execution_id.clone());
        let ids = Rc::new(Ids::new(log, ids.collect()));
        let runs = runs.into_iter().enumerate();
        let listed = runs.map(|(place, run)| Self {
            run,
            ids: Rc::clone(&ids),
            place,
            log_name,
        });
        listed.collect()
    }

    pub(crate) fn value(&self, field: Field) -> Value {
        match field {
            Field::short_id => Value::Text(self.ids.short(self.place).to_owned()),
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
