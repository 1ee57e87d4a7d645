//! Reads the journals, place by place.

use crate::error::{Error, Result};
use crate::seal::{Checkpoint, Seal, Tree};
use crate::store::postgres::PostgresStore;
use crate::store::postgres::cursor::Cursor;
use crate::store::postgres::errors::Problem;
use crate::store::postgres::schema::OWN_LOG;
use crate::store::postgres::session::{Session, Transaction};
use crate::store::postgres::value::Value;
use crate::store::report::{Finding, VerifyReport};
use crate::store::seals::{
    Journal, JournalCheck, JournalStore, StoredSeal, Verification, acceptable,
    check_without_journal, checkpoint,
};
use crate::store::{Sealed, Target};
use tokio_postgres::Row;

const COLUMNS: &str = "sequence, run, event, digest, checksum";

/// A journal, with the number of its log in the server.
pub(super) type JournalOf = (i64, Journal);

/// The journals of these logs, of all if there are no conditions.
pub(super) fn journals(session: &mut Session, conditions: &str) -> Result<Vec<JournalOf>, Problem> {
    let sql = format!(
        "SELECT log, log_id, last, dropped, peaks FROM execlog.execlog_journal {conditions} ORDER BY log"
    );
    let rows = session.query(&sql, &[])?;
    rows.iter().map(journal_of).collect()
}

fn journal_of(row: &Row) -> Result<JournalOf, Problem> {
    let unsigned = |column| -> Result<u64, Problem> {
        let number: i64 = row.try_get(column)?;
        Ok(u64::try_from(number).unwrap_or_default())
    };
    let peaks: &[u8] = row.try_get(4)?;
    let journal = Journal {
        log_id: row.try_get(1)?,
        last: unsigned(2)?,
        dropped: Tree::of_peaks(unsigned(3)?, peaks),
    };
    Ok((row.try_get(0)?, journal))
}

/// The journal of the log itself.
pub(super) fn own(session: &mut Session) -> Result<Option<Journal>, Problem> {
    let journals = journals(session, &format!("WHERE log = {OWN_LOG}"))?;
    Ok(journals.into_iter().next().map(|(_, journal)| journal))
}

/// The id of the log and the number of its seals.
pub(in crate::store::postgres) fn sealed(session: &mut Session) -> Result<Option<Sealed>, Problem> {
    Ok(own(session)?.map(|journal| Sealed {
        log_id: journal.log_id,
        seals: journal.last,
    }))
}

/// Reads a seal whose columns begin at this one.
pub(super) fn seal_at(row: &Row, first: usize) -> Result<StoredSeal, Problem> {
    let sequence: i64 = row.try_get(first)?;
    let digest: &[u8] = row.try_get(first + 3)?;
    Ok(StoredSeal::checked(
        u64::try_from(sequence).unwrap_or_default(),
        row.try_get(first + 1)?,
        row.try_get(first + 2)?,
        digest,
        row.try_get(first + 4)?,
    ))
}

/// The key of the journal of the log itself.
pub(super) const KEY: &str = "execlog.execlog_journal";

/// Checks the journal of the log, and those of the shipped logs.
pub(in crate::store::postgres) fn check_journals(
    session: &mut Session,
    verification: &Verification,
    verified: &mut VerifyReport,
) -> Result<(), Problem> {
    let journals = journals(session, "")?;
    if !journals.iter().any(|(log, _)| *log == OWN_LOG) {
        verified
            .findings
            .push(acceptable(KEY, "the row of the log itself is missing"));
        check_without_journal(verification, verified);
    }
    let none = Verification::default();
    let sql = format!("SELECT {COLUMNS}, log FROM execlog.execlog_seal ORDER BY log, sequence");
    let mut seals = Cursor::open(session, "seals_by_place", &sql)?;
    let mut next = seals.next(session)?;
    let mut of_shipped_logs = 0;
    for (log, journal) in &journals {
        let is_own = *log == OWN_LOG;
        let mut check = JournalCheck::new(journal, if is_own { verification } else { &none });
        while let Some(row) = &next {
            if row.try_get::<_, i64>(5)? != *log {
                break;
            }
            check.add(&seal_at(row, 0)?);
            next = seals.next(session)?;
        }
        if is_own {
            check.finish(verified);
        } else {
            let mut of_log = VerifyReport::default();
            check.finish(&mut of_log);
            of_shipped_logs += of_log.seals;
            let findings = of_log.findings.into_iter();
            let findings = findings.map(|finding| of_shipped(finding, &journal.log_id));
            verified.findings.extend(findings);
        }
    }
    verified.seals += of_shipped_logs;
    Ok(())
}

/// The finding with the name of the log that it is of.
pub(super) fn of_shipped(finding: Finding, log_id: &str) -> Finding {
    Finding {
        key: format!("log `{log_id}`: {}", finding.key),
        ..finding
    }
}

impl JournalStore for PostgresStore {
    fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        let found = self.existing(|session| {
            session.transaction(Transaction::ReadsOneMoment, |session| {
                let Some(journal) = own(session)? else {
                    return Err(Problem::Log(Error::Corrupt {
                        key: KEY.to_owned(),
                        reason: "its row is missing".to_owned(),
                    }));
                };
                let sql = format!(
                    "SELECT {COLUMNS} FROM execlog.execlog_seal WHERE log = {OWN_LOG} ORDER BY sequence"
                );
                let mut seals = Cursor::open(session, "seals_by_place", &sql)?;
                let mut failed = None;
                let read = std::iter::from_fn(|| {
                    let row = seals.next(session).transpose()?;
                    match row.and_then(|row| seal_at(&row, 0)) {
                        Ok(seal) => Some(Ok(seal)),
                        Err(problem) => {
                            failed = Some(problem);
                            None
                        }
                    }
                });
                let checkpoint = checkpoint(&journal, read);
                match failed {
                    Some(problem) => Err(problem),
                    None => Ok(Some(checkpoint?)),
                }
            })
        })?;
        Ok(found.flatten())
    }

    fn seals_after(&self, place: u64, limit: usize) -> Result<Vec<Seal>> {
        let found = self.existing(|session| {
            let sql = format!(
                "SELECT {COLUMNS} FROM execlog.execlog_seal WHERE log = {OWN_LOG} AND sequence > $1 \
                 ORDER BY sequence LIMIT $2"
            );
            let rows = session.query(&sql, &[Value::place(place), Value::count(limit)])?;
            let seals = rows.iter().map(|row| Ok(seal_at(row, 0)?.whole()?));
            seals.collect::<Result<Vec<_>, Problem>>()
        })?;
        Ok(found.unwrap_or_default())
    }

    fn dropped_seals(&self) -> Result<Option<(String, Tree)>> {
        let journal = self.existing(own)?.flatten();
        journal.map(Journal::into_left_edge).transpose()
    }

    fn shipped(&self, target: &str) -> Result<Option<u64>> {
        let found = self.existing(|session| {
            let sql = "SELECT sequence FROM execlog.execlog_shipped WHERE target = $1";
            let rows = session.query(sql, &[Value::text(target)])?;
            let place: Option<i64> = rows.first().map(|row| row.try_get(0)).transpose()?;
            Ok(place.and_then(|place| u64::try_from(place).ok()))
        })?;
        Ok(found.flatten())
    }

    fn set_shipped(&self, target: &str, sequence: u64) -> Result<()> {
        let set = self.changing(self.of_reader(), |session, _| {
            let sql = "INSERT INTO execlog.execlog_shipped VALUES ($1, $2) \
                 ON CONFLICT (target) DO UPDATE SET sequence = EXCLUDED.sequence";
            session.execute(sql, &[Value::text(target), Value::place(sequence)])
        });
        set.map(drop)
    }

    fn shipped_everywhere(&self) -> Result<Option<u64>> {
        let found = self.existing(|session| {
            let sql = "SELECT min(sequence) FROM execlog.execlog_shipped";
            let rows = session.query(sql, &[])?;
            let least = rows.first().map(|row| row.try_get::<_, Option<i64>>(0));
            let least = least.transpose()?.flatten();
            Ok(least.and_then(|place| u64::try_from(place).ok()))
        })?;
        Ok(found.flatten())
    }

    fn as_target(&self) -> Option<&(dyn Target + Sync)> {
        Some(self)
    }
}
