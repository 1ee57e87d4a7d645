//! A log that stores nothing.

use super::{CreateIfMissing, Finish, LogStore, Removal};
use crate::error::{Error, Result};
use crate::model::StoredRun;
use crate::model::{ExecutionContext, ExecutionRecord};
use crate::query::Selection;
use crate::store::report::{Imported, ReindexReport, VerifyReport};
use crate::store::{JournalStore, Verification};
use std::path::PathBuf;

/// Accepts every write and stores nothing.
pub(crate) struct DisabledStore;

impl JournalStore for DisabledStore {}

impl LogStore for DisabledStore {
    fn prepare(&self) -> Result<()> {
        Ok(())
    }

    fn file(&self, _: CreateIfMissing) -> Result<Option<PathBuf>> {
        Ok(None)
    }

    fn insert(&self, _: ExecutionRecord, _: Option<&ExecutionContext>) -> Result<i64> {
        Ok(0)
    }

    fn last_number(&self) -> Result<Option<i64>> {
        Ok(None)
    }

    fn exists(&self) -> Result<bool> {
        Ok(false)
    }

    fn import(&self, runs: &[StoredRun]) -> Result<Vec<Imported>> {
        Ok(vec![Imported::Added; runs.len()])
    }

    fn finish(&self, _: &str, _: &Finish) -> Result<()> {
        Ok(())
    }

    fn settle(&self, _: &str, _: i64, _: &str) -> Result<bool> {
        Ok(false)
    }

    fn pin(&self, _: &str, _: i64, _: Option<&str>) -> Result<bool> {
        Ok(false)
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn get(&self, _: &str) -> Result<Option<ExecutionRecord>> {
        Ok(None)
    }

    fn find(&self, _: &str) -> Result<Option<StoredRun>> {
        Ok(None)
    }

    fn ids_with_prefix(&self, _: &str, _: usize) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn runs(&self, _: Selection) -> Box<dyn Iterator<Item = Result<StoredRun>> + '_> {
        Box::new(std::iter::empty())
    }

    fn remove(&self, _: &[&str], _: Removal) -> Result<()> {
        Ok(())
    }

    fn reindex(&self, _: i64) -> Result<ReindexReport> {
        Ok(ReindexReport::nothing())
    }

    fn verify(&self, _: &Verification) -> Result<VerifyReport> {
        Ok(VerifyReport::default())
    }

    fn connect(&self) -> Result<rusqlite::Connection> {
        Err(Error::NoConnection { kept: "disabled" })
    }
}
