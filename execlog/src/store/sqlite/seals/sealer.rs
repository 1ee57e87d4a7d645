//! Writing seals.

use super::tables::{
    create, exist, is_last_place_possible, journal, new_log_id, repair_last_place,
};
use crate::error::Result;
use crate::model::StoredRun;
use crate::seal::{Digest, Seal, SealEvent};
use crate::store::Sealed;
use crate::store::sqlite::errors::Failing;
use crate::store::sqlite::row::Columns;
use crate::store::sqlite::session::Session;
use crate::store::sqlite::{record, remember};
use parking_lot::Mutex;
use rusqlite::{ErrorCode, params};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

/// Writes seals, unless it is turned off.
#[derive(Default)]
pub(in crate::store::sqlite) struct Sealer {
    is_off: AtomicBool,
    has_tables: AtomicBool,
    /// The newest seal that was written, and perhaps not committed yet, or 0.
    written: AtomicU64,
    /// The newest seal that was committed, or 0.
    committed: AtomicU64,
    /// The newest run whose predecessors are all sealed, or 0.
    pub(super) adopted: AtomicI64,
    /// The id of the log, once it is known.
    log_id: Mutex<Option<String>>,
}

impl Sealer {
    pub(in crate::store::sqlite) fn turn_off(&self) {
        self.is_off.store(true, Ordering::Relaxed);
    }

    pub(in crate::store::sqlite) fn is_on(&self) -> bool {
        !self.is_off.load(Ordering::Relaxed)
    }

    /// Looks for the tables again, since the file was replaced.
    pub(in crate::store::sqlite) fn forget(&self) {
        self.has_tables.store(false, Ordering::Relaxed);
        self.committed.store(0, Ordering::Relaxed);
        self.adopted.store(0, Ordering::Relaxed);
        *self.log_id.lock() = None;
    }

    /// The log as of the newest seal that this handle has committed.
    pub(in crate::store::sqlite) fn newest(&self) -> Option<Sealed> {
        let seals = self.committed.load(Ordering::Relaxed);
        let log_id = self.log_id.lock().clone()?;
        (seals > 0).then_some(Sealed { log_id, seals })
    }

    /// Notes what has become of the seals written last. A transaction of the host may still be rolled back.
    pub(in crate::store::sqlite) fn note(&self, is_committed: bool) {
        let written = self.written.swap(0, Ordering::Relaxed);
        if !is_committed {
            // The runs that were looked at may not be there.
            self.adopted.store(0, Ordering::Relaxed);
        } else if written > 0 {
            self.committed.store(written, Ordering::Relaxed);
        }
    }

    /// Seals a run as it is stored, within the transaction that changed it. A run that cannot be read
    /// cannot be sealed.
    pub(in crate::store::sqlite) fn seal(
        &self,
        session: &Session,
        columns: Columns,
        number: i64,
        event: SealEvent,
    ) -> Result<()> {
        if !self.is_sealing(session, event)? {
            return Ok(());
        }
        match record::read_by_number(session, columns, number)? {
            Some(Ok(run)) => self.append(session, number, event, Some(&run)),
            Some(Err(_)) | None => Ok(()),
        }
    }

    /// Whether to seal this change. Without sealing the runs of its own, a log still seals what it does to the
    /// sealed runs of others.
    fn is_sealing(&self, session: &Session, event: SealEvent) -> Result<bool> {
        Ok(self.is_on() || event.is_of_any_run() && exist(session)?)
    }

    /// Seals the removal of these runs.
    pub(in crate::store::sqlite) fn seal_removed(
        &self,
        session: &Session,
        numbers: &[i64],
    ) -> Result<()> {
        if !self.is_sealing(session, SealEvent::Removed)? {
            return Ok(());
        }
        for number in numbers {
            self.append(session, *number, SealEvent::Removed, None)?;
        }
        Ok(())
    }

    pub(super) fn append(
        &self,
        session: &Session,
        number: i64,
        event: SealEvent,
        run: Option<&StoredRun>,
    ) -> Result<()> {
        let digest = Digest::of(event, number, run);
        let code = i64::from(event.code());
        let checksum = Seal::checksum(number, code, digest.as_bytes());
        let inserted = session
            .prepare_cached(
                "INSERT INTO main.execlog_seal (run, event, digest, checksum) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut insert| {
                insert.insert(params![number, code, digest.as_bytes(), checksum])
            });
        let sequence = match inserted {
            Err(error) if is_of_journal(session, &error) => {
                tracing::warn!("a change is not sealed: {error}; see `execlog verify`");
                self.forget();
                return Ok(());
            }
            // SQLite also says that the disk is full if the last place is the last one possible, and has rolled
            // back. The next write looks for that.
            inserted => inserted
                .inspect_err(|_| self.has_tables.store(false, Ordering::Relaxed))
                .failing_on(session)?,
        };
        let sequence = u64::try_from(sequence).unwrap_or_default();
        self.written.store(sequence, Ordering::Relaxed);
        Ok(())
    }

    /// Creates the journal if it is missing. Not within the transaction that writes, so that it can be
    /// remembered.
    pub(in crate::store::sqlite) fn make_tables(
        &self,
        session: &Session,
        columns: impl FnOnce() -> Result<Columns>,
    ) -> Result<()> {
        if !self.is_on() || self.has_tables.load(Ordering::Relaxed) {
            return Ok(());
        }
        if !exist(session)? {
            let columns = columns()?;
            session.atomically(|session| {
                create(session, &new_log_id())?;
                self.adopt_newest(session, columns)
            })?;
        }
        if !is_last_place_possible(session)? {
            repair_last_place(session)?;
        }
        remember(&self.has_tables, session);
        if self.has_tables.load(Ordering::Relaxed) {
            *self.log_id.lock() = journal(session)?.map(|journal| journal.log_id);
        }
        Ok(())
    }
}

/// Whether the journal alone has the problem, since another program has removed it. The run is more
/// important.
fn is_of_journal(session: &Session, error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::Unknown) && !exist(session).unwrap_or(false)
}
