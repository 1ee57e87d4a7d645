//! A build without the feature `seals`: changes are not sealed, and the journals of another build are left
//! alone.

#![allow(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "the interface is that of a build with seals"
)]

use super::PostgresStore;
use super::by_origin::is_whole;
use super::errors::Problem;
use super::session::Session;
use crate::error::Result;
use crate::model::StoredRun;
use crate::seal::SealEvent;
use crate::store::Sealed;
use crate::store::report::VerifyReport;
use crate::store::seals::{JournalStore, Verification};
use tokio_postgres::Row;

impl JournalStore for PostgresStore {}

/// Writes no seals.
#[derive(Default)]
pub(super) struct Sealer {}

impl Sealer {
    pub(super) fn turn_off(&self) {}

    pub(super) fn newest(&self) -> Option<Sealed> {
        None
    }

    pub(super) fn note_rolled_back(&self) {}

    pub(super) fn note_committed(&self) {}

    pub(super) fn seal<'a>(
        &self,
        _: &mut Session,
        _: SealEvent,
        _: impl IntoIterator<Item = &'a StoredRun>,
    ) -> Result<(), Problem> {
        Ok(())
    }

    pub(super) fn seal_removed(&self, _: &mut Session, _: &[i64]) -> Result<(), Problem> {
        Ok(())
    }

    pub(super) fn drop_old(&self, _: &mut Session, _: &[i64]) -> Result<(), Problem> {
        Ok(())
    }

    pub(super) fn adopt_all(&self, _: &mut Session) -> Result<(), Problem> {
        Ok(())
    }

    pub(super) fn accept_all(&self, _: &mut Session) -> Result<(), Problem> {
        Ok(())
    }
}

pub(super) fn sealed(_: &mut Session) -> Result<Option<Sealed>, Problem> {
    Ok(None)
}

pub(super) fn check_journals(
    _: &mut Session,
    _: &Verification,
    _: &mut VerifyReport,
) -> Result<(), Problem> {
    Ok(())
}

pub(super) fn check_without_journal(_: &Verification, _: &mut VerifyReport) {}

/// A run, which is not compared.
pub(super) struct SealedRun {
    /// Whether no field of it was left out.
    pub(super) is_whole: bool,
}

impl SealedRun {
    pub(super) fn of_row(row: &Row, _: &Result<StoredRun>) -> Result<Self, Problem> {
        let is_whole = is_whole(row)?;
        Ok(Self { is_whole })
    }
}

/// Compares nothing.
pub(super) struct Comparison;

impl Comparison {
    pub(super) fn new(_: &mut Session) -> Result<Self, Problem> {
        Ok(Self)
    }

    pub(super) fn add(&mut self, _: &mut Session, _: &SealedRun) -> Result<(), Problem> {
        Ok(())
    }

    pub(super) fn report(self, _: &mut Session, _: &mut VerifyReport) -> Result<(), Problem> {
        Ok(())
    }
}
