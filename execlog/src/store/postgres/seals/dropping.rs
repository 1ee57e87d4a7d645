//! Drops old seals, once pruning has removed their runs.

use super::journal::{journals, seal_at};
use super::sealer::Sealer;
use crate::store::postgres::errors::Problem;
use crate::store::postgres::schema::OWN_LOG;
use crate::store::postgres::session::Session;
use crate::store::postgres::value::Value;
use crate::store::seals::StoredSeal;

/// How many of the newest seals of the log itself pruning keeps.
const KEPT_SEALS: u64 = 10_000;

impl Sealer {
    /// Drops the oldest seals of these logs, as long as their runs are gone.
    pub(in crate::store::postgres) fn drop_old(
        &self,
        session: &mut Session,
        logs: &[i64],
    ) -> Result<(), Problem> {
        if !self.is_on() {
            return Ok(());
        }
        let logs: Vec<_> = logs.iter().map(i64::to_string).collect();
        for (log, journal) in journals(session, &format!("WHERE log IN ({})", logs.join(", ")))? {
            let Some(mut tree) = journal.dropped else {
                // What cannot be read is not built upon.
                continue;
            };
            let kept = if log == OWN_LOG { KEPT_SEALS } else { 0 };
            let until = journal.last.saturating_sub(kept);
            let had = tree.size();
            let sql = "SELECT sequence, run, event, digest, checksum, EXISTS (SELECT \
                 FROM execlog.execution_log AS run WHERE run.log = seal.log AND run.number = seal.run) \
                 FROM execlog.execlog_seal AS seal WHERE log = $1 AND sequence <= $2 ORDER BY sequence";
            let rows = session.query(sql, &[Value::integer(log), Value::place(until)])?;
            for row in &rows {
                let is_needed: bool = row.try_get(5)?;
                match seal_at(row, 0)? {
                    StoredSeal::Whole(seal) if !is_needed && seal.sequence == tree.size() + 1 => {
                        tree.push(seal.digest);
                    }
                    _ => break,
                }
            }
            if tree.size() == had {
                continue;
            }
            let values = [
                Value::integer(log),
                Value::place(tree.size()),
                Value::Bytes(tree.peaks()),
            ];
            let sql = "UPDATE execlog.execlog_journal SET dropped = $2, peaks = $3 WHERE log = $1";
            session.execute(sql, &values)?;
            let sql = "DELETE FROM execlog.execlog_seal WHERE log = $1 AND sequence <= $2";
            session.execute(sql, &values[..2])?;
        }
        Ok(())
    }
}
