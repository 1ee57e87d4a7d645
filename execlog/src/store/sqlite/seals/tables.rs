//! The two tables of the journal.

use crate::error::{Error, Result};
use crate::model::ExecutionId;
use crate::seal::{Checkpoint, Seal, Tree};
use crate::store::numbers::NUMBERS;
use crate::store::report::VerifyReport;
use crate::store::seals::{
    Journal, JournalCheck, JournalStore, StoredSeal, Verification, acceptable,
    check_without_journal, checkpoint,
};
use crate::store::sqlite::errors::Failing;
use crate::store::sqlite::session::Session;
use crate::store::sqlite::{SqliteFileStore, SqliteStore, schema};
use crate::store::verify::rebuildable;
use crate::store::{CreateIfMissing, Sealed};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, Statement};

pub(in crate::store::sqlite) const SEALS: &str = "execlog_seal";
pub(in crate::store::sqlite) const JOURNAL: &str = "execlog_journal";

const CREATE: &str = "CREATE TABLE IF NOT EXISTS main.execlog_seal (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL,
    event INTEGER NOT NULL,
    digest BLOB NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS main.execlog_journal (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    log_id TEXT NOT NULL,
    dropped INTEGER NOT NULL,
    peaks BLOB NOT NULL
)";

/// Creates the journal.
pub(super) fn create(session: &Session, log_id: &str) -> Result<()> {
    session.execute_batch(CREATE).failing_on(session)?;
    let sql = "INSERT OR IGNORE INTO main.execlog_journal VALUES (1, ?1, 0, x'')";
    session.execute(sql, [log_id]).failing_on(session).map(drop)
}

/// Begins a new journal of the same log.
pub(super) fn begin_anew(session: &Session) -> Result<()> {
    let log_id = match journal(session) {
        Ok(Some(journal)) => journal.log_id,
        // It is damaged.
        Ok(None) | Err(_) => new_log_id(),
    };
    let sql = format!("DROP TABLE IF EXISTS main.{SEALS}; DROP TABLE IF EXISTS main.{JOURNAL}");
    session.execute_batch(&sql).failing_on(session)?;
    create(session, &log_id)
}

pub(super) fn new_log_id() -> String {
    ExecutionId::generate().into_string()
}

/// Whether SQLite can give a place to the next seal.
pub(super) fn is_last_place_possible(connection: &Connection) -> Result<bool> {
    let is_possible = |given: &Value| match given {
        Value::Integer(given) => (0..=*NUMBERS.end()).contains(given),
        _ => false,
    };
    let given = last_place_given(connection)?;
    Ok(given.as_ref().is_none_or(is_possible))
}

/// Sets the last place given anew, if it is impossible.
pub(super) fn repair_last_place(session: &Session) -> Result<()> {
    let sql = format!(
        "UPDATE main.sqlite_sequence SET seq = (SELECT coalesce(max(sequence), 0) FROM main.{SEALS}) \
         WHERE name = '{SEALS}' AND (typeof(seq) <> 'integer' OR seq NOT BETWEEN 0 AND {})",
        NUMBERS.end()
    );
    session.execute(&sql, []).failing_on(session).map(drop)
}

/// Whether the journal exists.
pub(in crate::store::sqlite) fn exist(connection: &Connection) -> Result<bool> {
    for (table, needed) in [
        (
            SEALS,
            &["sequence", "run", "event", "digest", "checksum"][..],
        ),
        (JOURNAL, &["id", "log_id", "dropped", "peaks"][..]),
    ] {
        let columns = schema::columns(connection, table)?;
        if columns.is_empty() {
            return Ok(false);
        }
        let has = |name: &&str| columns.iter().any(|column| column.name == **name);
        if let Some(missing) = needed.iter().find(|name| !has(name)) {
            let reason = format!("it has no column `{missing}`");
            return Err(schema::not_a_log(connection, table, &reason));
        }
    }
    Ok(true)
}

/// The id of the log and the number of its seals.
pub(in crate::store::sqlite) fn sealed(connection: &Connection) -> Result<Option<Sealed>> {
    if !exist(connection)? {
        return Ok(None);
    }
    Ok(journal(connection)?.map(|journal| Sealed {
        log_id: journal.log_id,
        seals: journal.last,
    }))
}

/// What the journal says of itself, or `None` if its row is missing or unreadable.
pub(in crate::store::sqlite) fn journal(connection: &Connection) -> Result<Option<Journal>> {
    let row = connection
        .query_row(
            "SELECT log_id, dropped, peaks FROM main.execlog_journal WHERE id = 1",
            [],
            |row| {
                let read = || -> rusqlite::Result<(String, i64, Vec<u8>)> {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                };
                Ok(read().ok())
            },
        )
        .optional()
        .failing_on(connection)?;
    let Some((log_id, dropped, peaks)) = row.flatten() else {
        return Ok(None);
    };
    let given = last_place_given(connection)?;
    let largest: i64 = connection
        .query_row(
            "SELECT coalesce(max(sequence), 0) FROM main.execlog_seal",
            [],
            |row| row.get(0),
        )
        .failing_on(connection)?;
    let last = match given {
        Some(Value::Integer(given)) if NUMBERS.contains(&given) => given,
        // An impossible one is reported, and set anew by a repair.
        _ => 0,
    };
    let last = last.max(largest).max(dropped);
    Ok(Some(Journal {
        log_id,
        last: u64::try_from(last).unwrap_or(0),
        dropped: u64::try_from(dropped)
            .ok()
            .and_then(|size| Tree::of_peaks(size, &peaks)),
    }))
}

/// The last place given to a seal, as SQLite keeps it.
fn last_place_given(connection: &Connection) -> Result<Option<Value>> {
    let sql = "SELECT seq FROM main.sqlite_sequence WHERE name = 'execlog_seal'";
    let given = connection.query_row(sql, [], |row| row.get(0)).optional();
    given.failing_on(connection)
}

impl JournalStore for SqliteStore {
    fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        let found = self.existing(|session| {
            session.at_one_moment(|session| {
                if !exist(session)? {
                    return Ok(None);
                }
                let Some(journal) = journal(session)? else {
                    return Err(no_row());
                };
                let mut statement = session.prepare(BY_PLACE).failing_on(session)?;
                let seals = statement.query_map([0], of_row).failing_on(session)?;
                let seals = seals.map(|seal| seal.failing_on(session));
                checkpoint(&journal, seals).map(Some)
            })
        })?;
        Ok(found.flatten())
    }

    fn seals_after(&self, place: u64, limit: usize) -> Result<Vec<Seal>> {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        let found = self.existing(|session| {
            if !exist(session)? {
                return Ok(Vec::new());
            }
            let mut statement = session.prepare_cached(BY_PLACE).failing_on(session)?;
            let seals = statement.query_map([place], of_row).failing_on(session)?;
            let seals = seals.map(|seal| seal.failing_on(session)?.whole());
            seals.take(limit).collect()
        })?;
        Ok(found.unwrap_or_default())
    }

    fn dropped_seals(&self) -> Result<Option<(String, Tree)>> {
        let found = self.existing(|session| {
            if !exist(session)? {
                return Ok(None);
            }
            let journal = journal(session)?.ok_or_else(no_row)?;
            journal.into_left_edge().map(Some)
        })?;
        Ok(found.flatten())
    }

    fn shipped(&self, target: &str) -> Result<Option<u64>> {
        let found = self.existing(|session| {
            if !has_shipped(session)? {
                return Ok(None);
            }
            let sql = "SELECT sequence FROM main.execlog_shipped WHERE target = ?1";
            let sequence = session.query_row(sql, [target], |row| row.get::<_, i64>(0));
            sequence.optional().failing_on(session)
        })?;
        Ok(found.flatten().and_then(|place| u64::try_from(place).ok()))
    }

    fn set_shipped(&self, target: &str, sequence: u64) -> Result<()> {
        let sequence = i64::try_from(sequence).unwrap_or(i64::MAX);
        let set = self.existing(|session| {
            session.execute_batch(CREATE_SHIPPED).failing_on(session)?;
            let sql = "INSERT OR REPLACE INTO main.execlog_shipped VALUES (?1, ?2)";
            session
                .execute(sql, rusqlite::params![target, sequence])
                .failing_on(session)
        });
        set.map(drop)
    }

    fn shipped_everywhere(&self) -> Result<Option<u64>> {
        let found = self.existing(|session| {
            if !has_shipped(session)? {
                return Ok(None);
            }
            let sql = "SELECT min(sequence) FROM main.execlog_shipped";
            let least = session.query_row(sql, [], |row| row.get::<_, Option<i64>>(0));
            least.failing_on(session)
        })?;
        Ok(found.flatten().and_then(|place| u64::try_from(place).ok()))
    }
}

/// How far each target has come.
const CREATE_SHIPPED: &str = "CREATE TABLE IF NOT EXISTS main.execlog_shipped (
    target TEXT PRIMARY KEY NOT NULL,
    sequence INTEGER NOT NULL
) WITHOUT ROWID";

/// Whether anything was shipped.
fn has_shipped(connection: &Connection) -> Result<bool> {
    Ok(!schema::columns(connection, "execlog_shipped")?.is_empty())
}

/// The part of the file that has the runs has their seals, too.
impl JournalStore for SqliteFileStore {
    fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        self.read_at_one_moment(|log| log.checkpoint())
    }

    fn seals_after(&self, place: u64, limit: usize) -> Result<Vec<Seal>> {
        self.read_at_one_moment(|log| log.seals_after(place, limit))
    }

    fn dropped_seals(&self) -> Result<Option<(String, Tree)>> {
        self.read_at_one_moment(|log| log.dropped_seals())
    }

    fn shipped(&self, target: &str) -> Result<Option<u64>> {
        self.read_at_one_moment(|log| log.shipped(target))
    }

    fn set_shipped(&self, target: &str, sequence: u64) -> Result<()> {
        self.write(CreateIfMissing::No, |log| log.set_shipped(target, sequence))
    }

    fn shipped_everywhere(&self) -> Result<Option<u64>> {
        self.read_at_one_moment(|log| log.shipped_everywhere())
    }
}

/// All seals, by run and place.
pub(in crate::store::sqlite) fn by_run<'a>(session: &'a Session) -> Result<Option<Statement<'a>>> {
    if !exist(session)? {
        return Ok(None);
    }
    let sql = "SELECT sequence, run, event, digest, checksum FROM main.execlog_seal \
         ORDER BY run, sequence";
    session.prepare(sql).failing_on(session).map(Some)
}

/// The seals after a place, in order.
const BY_PLACE: &str = "SELECT sequence, run, event, digest, checksum FROM main.execlog_seal \
     WHERE sequence > ?1 ORDER BY sequence";

fn no_row() -> Error {
    Error::Corrupt {
        key: JOURNAL.to_owned(),
        reason: "its row is missing or cannot be read".to_owned(),
    }
}

/// Checks the journal, place by place.
pub(in crate::store::sqlite) fn check_journal(
    session: &Session,
    verification: &Verification,
    verified: &mut VerifyReport,
) -> Result<()> {
    if !exist(session)? {
        check_without_journal(verification, verified);
        return Ok(());
    }
    let Some(journal) = journal(session)? else {
        let problem = "its row is missing or cannot be read";
        verified.findings.push(acceptable(JOURNAL, problem));
        return Ok(());
    };
    if !is_last_place_possible(session)? {
        let problem = "the last place given to a seal is impossible";
        verified
            .findings
            .push(rebuildable("sqlite_sequence", problem));
    }
    let mut check = JournalCheck::new(&journal, verification);
    let mut statement = session.prepare(BY_PLACE).failing_on(session)?;
    let mut rows = statement.query([0]).failing_on(session)?;
    while let Some(row) = rows.next().failing_on(session)? {
        check.add(&of_row(row).failing_on(session)?);
    }
    check.finish(verified);
    Ok(())
}

/// Reads a seal from a row of these queries.
pub(super) fn of_row(row: &Row) -> rusqlite::Result<StoredSeal> {
    let sequence: i64 = row.get(0)?;
    let sequence = u64::try_from(sequence).unwrap_or(0);
    let read = || -> rusqlite::Result<StoredSeal> {
        let digest = row.get_ref(3)?.as_blob().unwrap_or_default();
        let (run, event, checksum) = (row.get(1)?, row.get(2)?, row.get(4)?);
        Ok(StoredSeal::checked(sequence, run, event, digest, checksum))
    };
    Ok(read().unwrap_or(StoredSeal::Damaged {
        sequence,
        run: row.get(1).ok(),
    }))
}
