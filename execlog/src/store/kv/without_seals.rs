//! A build without the feature `seals`: changes are not sealed, and the journal of another build is left
//! alone.

#![allow(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "the interface is that of a build with seals"
)]

use super::KvLogStore;
use crate::error::Result;
use crate::kv::KvStore;
use crate::model::{ExecutionRecord, StoredRun};
use crate::seal::SealEvent;
use crate::store::Sealed;
use crate::store::report::VerifyReport;
use crate::store::seals::{JournalStore, Verification};
use std::marker::PhantomData;

/// No seals.
pub(super) struct Seals<S>(PhantomData<fn() -> S>);

impl<S> Seals<S> {
    pub(super) fn new(_: &S) -> Self {
        Self(PhantomData)
    }

    pub(super) fn turn_off(&self) {}

    pub(super) fn newest(&self) -> Option<Sealed> {
        None
    }

    pub(super) fn sealed(&self) -> Result<Option<Sealed>> {
        Ok(None)
    }
}

impl<S: KvStore> JournalStore for KvLogStore<S> {}

impl<S: KvStore> KvLogStore<S> {
    pub(super) fn seal(
        &self,
        _: &ExecutionRecord,
        _: SealEvent,
        _: Option<&StoredRun>,
    ) -> Result<()> {
        Ok(())
    }

    pub(in crate::store) fn doubt_newest_seal(&self) {}

    pub(super) fn adopt_all(&self) -> Result<()> {
        Ok(())
    }

    pub(super) fn accept_all(&self) -> Result<()> {
        Ok(())
    }

    pub(super) fn drop_old_seals(&self) -> Result<()> {
        Ok(())
    }
}

pub(super) fn check<S: KvStore>(
    _: &KvLogStore<S>,
    _: &Verification,
    _: &mut VerifyReport,
) -> Result<()> {
    Ok(())
}
