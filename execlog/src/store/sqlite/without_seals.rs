//! A build without the feature `seals`: changes are not sealed, and the journal of another build is left
//! alone.

#![allow(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "the interface is that of a build with seals"
)]

use super::row::Columns;
use super::session::Session;
use super::{SqliteFileStore, SqliteStore};
use crate::error::Result;
use crate::model::StoredRun;
use crate::seal::SealEvent;
use crate::store::Sealed;
use crate::store::report::VerifyReport;
use crate::store::seals::{JournalStore, Verification};
use rusqlite::{Connection, Statement};

pub(super) const SEALS: &str = "execlog_seal";
pub(super) const JOURNAL: &str = "execlog_journal";

impl JournalStore for SqliteStore {}
impl JournalStore for SqliteFileStore {}

/// Writes no seals.
#[derive(Default)]
pub(super) struct Sealer {}

impl Sealer {
    pub(super) fn turn_off(&self) {}

    pub(super) fn is_on(&self) -> bool {
        false
    }

    pub(super) fn forget(&self) {}

    pub(super) fn newest(&self) -> Option<Sealed> {
        None
    }

    pub(super) fn note(&self, _is_committed: bool) {}

    pub(super) fn make_tables(
        &self,
        _: &Session,
        _: impl FnOnce() -> Result<Columns>,
    ) -> Result<()> {
        Ok(())
    }

    pub(super) fn seal(&self, _: &Session, _: Columns, _: i64, _: SealEvent) -> Result<()> {
        Ok(())
    }

    pub(super) fn seal_removed(&self, _: &Session, _: &[i64]) -> Result<()> {
        Ok(())
    }

    pub(super) fn adopt_some(&self, _: &Session, _: Columns, _: i64) -> Result<()> {
        Ok(())
    }

    pub(super) fn adopt_all(&self, _: &Session, _: Columns) -> Result<()> {
        Ok(())
    }

    pub(super) fn accept_all(&self, _: &Session, _: Columns) -> Result<()> {
        Ok(())
    }

    pub(super) fn drop_old(&self, _: &Session) -> Result<()> {
        Ok(())
    }
}

/// Whether the journal exists, as far as this build knows.
pub(super) fn exist(_: &Connection) -> Result<bool> {
    Ok(false)
}

pub(super) fn sealed(_: &Connection) -> Result<Option<Sealed>> {
    Ok(None)
}

pub(super) fn check_journal(_: &Session, _: &Verification, _: &mut VerifyReport) -> Result<()> {
    Ok(())
}

pub(super) fn by_run<'a>(_: &'a Session) -> Result<Option<Statement<'a>>> {
    Ok(None)
}

/// Compares nothing.
pub(super) struct Comparison;

impl Comparison {
    pub(super) fn new(_: &Session, _: Option<&mut Statement<'_>>) -> Result<Self> {
        Ok(Self)
    }

    pub(super) fn add(&mut self, _: i64, _: Option<&StoredRun>) {}

    pub(super) fn report(self, _: &mut VerifyReport) -> Result<()> {
        Ok(())
    }
}
