//! Writes the seals of the log.

use crate::model::StoredRun;
use crate::seal::{Digest, Seal, SealEvent};
use crate::store::Sealed;
use crate::store::postgres::errors::Problem;
use crate::store::postgres::schema::OWN_LOG;
use crate::store::postgres::session::Session;
use crate::store::postgres::value::Value;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Writes seals, unless it is turned off.
#[derive(Default)]
pub(in crate::store::postgres) struct Sealer {
    is_off: AtomicBool,
    seals: Mutex<Seals>,
}

/// The log as of the newest seals.
#[derive(Default)]
struct Seals {
    /// Written, and perhaps not committed.
    written: Option<Sealed>,
    committed: Option<Sealed>,
}

impl Sealer {
    pub(in crate::store::postgres) fn turn_off(&self) {
        self.is_off.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_on(&self) -> bool {
        !self.is_off.load(Ordering::Relaxed)
    }

    /// The log as of the newest seal that this handle has committed.
    pub(in crate::store::postgres) fn newest(&self) -> Option<Sealed> {
        self.seals.lock().committed.clone()
    }

    /// Forgets the seals of a transaction that was not committed.
    pub(in crate::store::postgres) fn note_rolled_back(&self) {
        self.seals.lock().written = None;
    }

    /// Notes that the seals written last are committed.
    pub(in crate::store::postgres) fn note_committed(&self) {
        let mut seals = self.seals.lock();
        if let Some(written) = seals.written.take() {
            seals.committed = Some(written);
        }
    }

    /// Seals runs as they are stored, within the transaction that changed them.
    pub(in crate::store::postgres) fn seal<'a>(
        &self,
        session: &mut Session,
        event: SealEvent,
        runs: impl IntoIterator<Item = &'a StoredRun>,
    ) -> Result<(), Problem> {
        if !self.is_on() && !event.is_of_any_run() {
            return Ok(());
        }
        let seals = runs.into_iter().map(|run| {
            let number = run.record.id;
            (number, event, Digest::of(event, number, Some(run)))
        });
        self.append(session, seals.collect())
    }

    /// Seals the removal of the runs with these numbers.
    pub(in crate::store::postgres) fn seal_removed(
        &self,
        session: &mut Session,
        numbers: &[i64],
    ) -> Result<(), Problem> {
        let event = SealEvent::Removed;
        let seals = numbers.iter();
        let seals = seals.map(|number| (*number, event, Digest::of(event, *number, None)));
        self.append(session, seals.collect())
    }

    /// Appends seals. The journal's row is locked until the transaction ends, so that the seals of several
    /// writers have one order: it is the last statement of a transaction.
    pub(super) fn append(
        &self,
        session: &mut Session,
        seals: Vec<(i64, SealEvent, Digest)>,
    ) -> Result<(), Problem> {
        if seals.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(seals.len()).unwrap_or(i64::MAX);
        let sql = "UPDATE execlog.execlog_journal SET last = last + $1 WHERE log = $2 \
             RETURNING last, log_id";
        let rows = session.query(sql, &[Value::integer(count), Value::integer(OWN_LOG)])?;
        let Some(row) = rows.first() else {
            // The run is more important.
            tracing::warn!(
                "a change is not sealed, since the journal has no row: see `execlog verify`"
            );
            return Ok(());
        };
        let (last, log_id): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        let mut columns = SealColumns::default();
        for (sequence, (run, event, digest)) in (last - count + 1..).zip(seals) {
            columns.add(sequence, run, event, &digest);
        }
        columns.insert(session, OWN_LOG)?;
        self.seals.lock().written = Some(Sealed {
            log_id,
            seals: u64::try_from(last).unwrap_or_default(),
        });
        Ok(())
    }
}

/// Seals as lists, one for each column.
#[derive(Default)]
pub(in crate::store::postgres) struct SealColumns {
    sequences: Vec<i64>,
    runs: Vec<i64>,
    events: Vec<i64>,
    digests: Vec<Vec<u8>>,
    checksums: Vec<i64>,
}

impl SealColumns {
    pub(in crate::store::postgres) fn add(
        &mut self,
        sequence: i64,
        run: i64,
        event: SealEvent,
        digest: &Digest,
    ) {
        let event = i64::from(event.code());
        self.sequences.push(sequence);
        self.runs.push(run);
        self.events.push(event);
        self.digests.push(digest.as_bytes().to_vec());
        self.checksums
            .push(Seal::checksum(run, event, digest.as_bytes()));
    }

    /// Inserts the seals of a log, whose row in the journal is locked.
    pub(in crate::store::postgres) fn insert(
        self,
        session: &mut Session,
        log: i64,
    ) -> Result<(), Problem> {
        let sql = "INSERT INTO execlog.execlog_seal (log, sequence, run, event, digest, checksum) \
             SELECT $1, unnest($2::BIGINT[]), unnest($3::BIGINT[]), unnest($4::BIGINT[]), \
             unnest($5::BYTEA[]), unnest($6::BIGINT[])";
        let values = [
            Value::integer(log),
            Value::integers(self.sequences),
            Value::integers(self.runs),
            Value::integers(self.events),
            Value::ListOfBytes(self.digests),
            Value::integers(self.checksums),
        ];
        session.execute(sql, &values).map(drop)
    }
}
