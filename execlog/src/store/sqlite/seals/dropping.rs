//! Dropping old seals, once pruning has removed their runs.

use super::sealer::Sealer;
use super::tables::{exist, journal, of_row};
use crate::error::Result;
use crate::store::seals::{Journal, StoredSeal};
use crate::store::sqlite::errors::Failing;
use crate::store::sqlite::session::Session;
use rusqlite::params;

/// How many of the newest seals pruning keeps.
const KEPT_SEALS: u64 = 10_000;

impl Sealer {
    /// Drops the oldest seals, as long as their runs are gone. The newest seals stay.
    pub(in crate::store::sqlite) fn drop_old(&self, session: &Session) -> Result<()> {
        if !self.is_on() || !exist(session)? {
            return Ok(());
        }
        // What cannot be read is not built upon.
        let Some(Journal {
            last,
            dropped: Some(mut tree),
            ..
        }) = journal(session)?
        else {
            return Ok(());
        };
        let until = last.saturating_sub(KEPT_SEALS);
        let had = tree.size();
        let mut statement = session
            .prepare(
                "SELECT sequence, run, event, digest, checksum, EXISTS (SELECT 1 \
                 FROM main.execution_log WHERE id = run) FROM main.execlog_seal \
                 WHERE sequence <= ?1 ORDER BY sequence",
            )
            .failing_on(session)?;
        let until = i64::try_from(until).unwrap_or(i64::MAX);
        let mut rows = statement.query([until]).failing_on(session)?;
        while let Some(row) = rows.next().failing_on(session)? {
            let is_needed: bool = row.get(5).failing_on(session)?;
            match of_row(row).failing_on(session)? {
                StoredSeal::Whole(seal) if !is_needed && seal.sequence == tree.size() + 1 => {
                    tree.push(seal.digest);
                }
                _ => break,
            }
        }
        drop(rows);
        if tree.size() == had {
            return Ok(());
        }
        let dropped = i64::try_from(tree.size()).unwrap_or(i64::MAX);
        session
            .execute(
                "UPDATE main.execlog_journal SET dropped = ?1, peaks = ?2",
                params![dropped, tree.peaks()],
            )
            .and_then(|_| {
                session.execute(
                    "DELETE FROM main.execlog_seal WHERE sequence <= ?1",
                    [dropped],
                )
            })
            .failing_on(session)
            .map(drop)
    }
}
