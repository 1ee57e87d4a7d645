//! A run of a log, and the merged runs of several logs.

use super::fields::{Field, started_at_ms};
use super::ids::Ids;
use super::value::Value;
use execlog::{LocalLog, Result, RunEntry};
use std::cmp::Reverse;
use std::iter::Peekable;
use std::rc::Rc;

/// How many ids are shortened together.
pub(crate) const PAGE: usize = 100;

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

    /// Runs of the log with this name.
    pub(crate) fn all<'runs>(
        runs: &'runs [RunEntry],
        log: &'log LocalLog,
        log_name: &'log str,
    ) -> impl Iterator<Item = Self> + use<'runs, 'log> {
        let pages = runs.chunks(PAGE);
        pages.flat_map(|page| Self::page(page.to_vec(), log, log_name))
    }

    /// Runs of the log with this name as they are read, so many together.
    pub(crate) fn as_read(
        mut runs: impl Iterator<Item = Result<RunEntry>>,
        together: usize,
        log: &'log LocalLog,
        log_name: &'log str,
    ) -> impl Iterator<Item = Result<Self>> {
        let pages = std::iter::from_fn(move || {
            let (mut page, mut failed) = (Vec::new(), None);
            for run in runs.by_ref().take(together) {
                match run {
                    Ok(run) => page.push(run),
                    Err(error) => {
                        failed = Some(error);
                        break;
                    }
                }
            }
            let is_end = page.is_empty() && failed.is_none();
            let page = Self::page(page, log, log_name).map(Ok);
            (!is_end).then(|| page.chain(failed.map(Err)))
        });
        pages.flatten()
    }

    fn page(
        runs: Vec<RunEntry>,
        log: &'log LocalLog,
        log_name: &'log str,
    ) -> impl Iterator<Item = Self> + use<'log> {
        let ids = runs.iter().map(|run| run.record.execution_id.clone());
        let ids = Rc::new(Ids::new(log, ids.collect()));
        let runs = runs.into_iter().enumerate();
        runs.map(move |(place, run)| Self {
            run,
            ids: Rc::clone(&ids),
            place,
            log_name,
        })
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
