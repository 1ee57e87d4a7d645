//! Stores what other logs ship: their runs, as they are there, and the seals of these.

use super::arrivals::{Sorted, execution_ids, insert, refused, sorted, update, without_removed};
use super::changed_here::{sealed_here, update_contexts};
use super::sealer::SealColumns;
use crate::error::{Error, Result};
use crate::seal::{Digest, Seal, SealEvent};
use crate::store::postgres::errors::{OF_ANOTHER_ROLE, Problem, reason};
use crate::store::postgres::schema::OWN_LOG;
use crate::store::postgres::session::Session;
use crate::store::postgres::value::{Value, signed};
use crate::store::postgres::{Before, PostgresStore};
use crate::store::{Parcel, Receipt, Refused, SentRun, Target};
use std::collections::HashSet;

impl Target for PostgresStore {
    fn name(&self) -> String {
        self.address().to_string()
    }

    fn position(&self, log_id: &str) -> Result<Option<u64>> {
        let found = self.existing(|session| {
            let sql = "SELECT last FROM execlog.execlog_journal WHERE log_id = $1";
            let rows = session.query(sql, &[Value::text(log_id)])?;
            let last: Option<i64> = rows.first().map(|row| row.try_get(0)).transpose()?;
            Ok(last.and_then(|last| u64::try_from(last).ok()))
        })?;
        Ok(Some(found.flatten().unwrap_or(0)))
    }

    fn digest_at(&self, log_id: &str, sequence: u64) -> Result<Option<Digest>> {
        let found = self.existing(|session| {
            let sql = "SELECT seal.digest FROM execlog.execlog_journal AS journal \
                 JOIN execlog.execlog_seal AS seal ON seal.log = journal.log \
                 WHERE journal.log_id = $1 AND seal.sequence = $2";
            let values = [Value::text(log_id), Value::place(sequence)];
            let rows = session.query(sql, &values)?;
            let digest: Option<&[u8]> = rows.first().map(|row| row.try_get(0)).transpose()?;
            Ok(digest.and_then(|digest| digest.try_into().ok()).map(Digest))
        })?;
        Ok(found.flatten())
    }

    fn receive(&self, parcel: &Parcel<'_>) -> Result<Receipt> {
        let mut receipt = Receipt::default();
        self.store(parcel, &mut receipt)?;
        Ok(receipt)
    }

    fn running(&self, log_id: &str) -> Result<Vec<String>> {
        const MOST: usize = 10_000;
        let found = self.existing(|session| {
            let sql = "SELECT run.execution_id FROM execlog.execution_log AS run \
                 JOIN execlog.execlog_journal AS journal ON journal.log = run.log \
                 WHERE run.outcome = 'running' AND journal.log_id = $1 ORDER BY run.id LIMIT $2";
            execution_ids(session, sql, &[Value::text(log_id), Value::count(MOST)])
        })?;
        Ok(found.unwrap_or_default())
    }

    fn hear(&self, log_id: &str, alive: &[&str], dead: &[&str]) -> Result<Vec<Refused>> {
        const RUNNING: &str = "execution_id = ANY($1) AND outcome = 'running' AND log = \
             (SELECT log FROM execlog.execlog_journal WHERE log_id = $2)";
        let heard = self.changing(self.of_reader(), |session, _| {
            let mut refused = Vec::new();
            for (ids, is_dead) in [(alive, false), (dead, true)] {
                let values = [Value::texts(ids.iter().copied()), Value::text(log_id)];
                let sql = format!(
                    "UPDATE execlog.execution_log SET is_dead = {is_dead}, \
                     heard_at_ms = (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT \
                     WHERE {RUNNING} RETURNING execution_id"
                );
                let noted = execution_ids(session, &sql, &values)?;
                if noted.len() < ids.len() {
                    let sql =
                        format!("SELECT execution_id FROM execlog.execution_log WHERE {RUNNING}");
                    let mut others = execution_ids(session, &sql, &values)?;
                    others.retain(|id| !noted.contains(id));
                    refused.extend(
                        others
                            .into_iter()
                            .map(|id| Refused::new(id, OF_ANOTHER_ROLE)),
                    );
                }
            }
            Ok(refused)
        });
        heard.map(Option::unwrap_or_default)
    }
}

/// What is assumed of the runs that began behind the newest seal that the server has of their log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    AreNew,
    MayBeKnown,
}

impl PostgresStore {
    /// Stores the runs of a parcel with its seals. If the server refuses one of them, the others are stored without
    /// it. The seals are stored last, since the next parcel begins behind them.
    fn store(&self, parcel: &Parcel<'_>, receipt: &mut Receipt) -> Result<()> {
        let stored = match self.try_to_store(parcel, Begun::AreNew) {
            Err(Problem::NotNew(_)) => self.try_to_store(parcel, Begun::MayBeKnown),
            stored => stored,
        };
        let problem = match stored {
            Ok(more) => {
                receipt.stored += more.stored;
                receipt.refused.extend(more.refused);
                return Ok(());
            }
            Err(problem) => problem,
        };
        let Some(reason) = refusal_of_run(&problem) else {
            // The server would refuse any run now: none is left behind for that.
            return Err(problem.into_error(self.address()));
        };
        match parcel.runs {
            [] => Err(problem.into_error(self.address())),
            [one] => {
                let id = &one.run.record.execution_id;
                receipt.refused.push(Refused::new(id, reason));
                self.store(&part(parcel, &[], parcel.seals), receipt)
            }
            runs => {
                let (first, second) = runs.split_at(runs.len() / 2);
                self.store(&part(parcel, first, &[]), receipt)?;
                self.store(&part(parcel, second, parcel.seals), receipt)
            }
        }
    }

    fn try_to_store(&self, parcel: &Parcel<'_>, begun: Begun) -> Result<Receipt, Problem> {
        self.try_writing(self.of_reader(), |session, before| {
            let (log, last) = journal_of(session, parcel)?;
            let runs = without_removed(session, log, parcel.runs)?;
            let offered = runs.len();
            let taken_for_new = match begun {
                Begun::AreNew => begun_after(last, parcel),
                Begun::MayBeKnown => HashSet::new(),
            };
            let Sorted { new, known } = sorted(session, runs, &taken_for_new)?;
            let inserted = insert(session, log, &new);
            inserted.map_err(|problem| match begun {
                Begun::AreNew => problem.of_adding(),
                Begun::MayBeKnown => problem,
            })?;
            let taken = update(session, log, &known)?;
            let refused = refused(session, log, &known, &taken)?;
            let contexts = known
                .iter()
                .filter(|sent| taken.contains(&sent.run.record.execution_id))
                .filter_map(|sent| sent.run.context.as_deref());
            let kept_pins = update_contexts(session, contexts)?;
            let mut sealed_here = sealed_here(session, taken.iter().map(String::as_str))?;
            sealed_here.retain(|run| !kept_pins.contains(run));
            insert_seals(session, (log, last), parcel)?;
            // The former are not as they are in their own log, and the latter not as the server has sealed them.
            self.sealer.seal(session, SealEvent::Pinned, &kept_pins)?;
            self.sealer
                .seal(session, SealEvent::Imported, &sealed_here)?;
            let stored = match before {
                Before::Nothing => new.len() + taken.len(),
                // The last try may have stored them.
                Before::Unknown => offered.saturating_sub(refused.len()),
            };
            Ok(Receipt::new(stored, refused))
        })
    }
}

/// These runs and seals of a parcel.
fn part<'a>(parcel: &'a Parcel<'_>, runs: &'a [SentRun], seals: &'a [Seal]) -> Parcel<'a> {
    Parcel {
        runs,
        seals,
        ..*parcel
    }
}

/// Why the server cannot store a run, if it may store others.
fn refusal_of_run(problem: &Problem) -> Option<String> {
    /// The classes of SQLSTATE about values, constraints of a table, limits of the server and exceptions of
    /// triggers.
    const CLASSES: [&str; 5] = ["22", "23", "44", "54", "P0"];
    let code = problem.code().unwrap_or_default();
    let is_of_run = CLASSES.iter().any(|class| code.starts_with(class));
    match problem {
        Problem::Server(error) if is_of_run => Some(reason(error)),
        _ => None,
    }
}

/// The number of the parcel's log in the server, and the place of its newest seal there. Other shippers of the same
/// log wait.
fn journal_of(session: &mut Session, parcel: &Parcel<'_>) -> Result<(i64, i64), Problem> {
    let dropped = Value::place(parcel.dropped.size());
    let peaks = Value::Bytes(parcel.dropped.peaks());
    let log_id = Value::text(parcel.log_id);
    let sql = "INSERT INTO execlog.execlog_journal (log_id, last, dropped, peaks) \
         VALUES ($1, $2, $2, $3) ON CONFLICT (log_id) DO NOTHING";
    session.execute(sql, &[log_id.clone(), dropped.clone(), peaks.clone()])?;
    let sql = "SELECT log, last FROM execlog.execlog_journal WHERE log_id = $1 FOR UPDATE";
    let rows = session.query(sql, &[log_id])?;
    let Some(row) = rows.first() else {
        return Err(Problem::Log(Error::Corrupt {
            key: super::journal::KEY.to_owned(),
            reason: format!("the row of the log `{}` is missing", parcel.log_id),
        }));
    };
    let (log, mut last): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    if log == OWN_LOG {
        return Err(Problem::Log(Error::NotATarget));
    }
    if last < signed(parcel.dropped.size()) {
        // The log has dropped seals that were never shipped: the journal goes on behind them.
        let sql =
            "UPDATE execlog.execlog_journal SET last = $2, dropped = $2, peaks = $3 WHERE log = $1";
        session.execute(sql, &[Value::integer(log), dropped.clone(), peaks])?;
        let sql = "DELETE FROM execlog.execlog_seal WHERE log = $1 AND sequence <= $2";
        session.execute(sql, &[Value::integer(log), dropped])?;
        last = signed(parcel.dropped.size());
    }
    Ok((log, last))
}

/// The numbers of the runs that began after this seal of the parcel's log.
fn begun_after(last: i64, parcel: &Parcel<'_>) -> HashSet<i64> {
    let new = parcel.seals.iter();
    new.filter(|seal| signed(seal.sequence) > last && seal.event == SealEvent::Began)
        .map(|seal| seal.run)
        .collect()
}

/// Inserts the seals behind the newest that the server has of the log.
fn insert_seals(
    session: &mut Session,
    (log, last): (i64, i64),
    parcel: &Parcel<'_>,
) -> Result<(), Problem> {
    let mut columns = SealColumns::default();
    let mut newest = last;
    for seal in parcel
        .seals
        .iter()
        .filter(|seal| signed(seal.sequence) > last)
    {
        newest = signed(seal.sequence);
        columns.add(newest, seal.run, seal.event, &seal.digest);
    }
    if newest == last {
        return Ok(());
    }
    columns.insert(session, log)?;
    let sql = "UPDATE execlog.execlog_journal SET last = $2 WHERE log = $1";
    let values = [Value::integer(log), Value::integer(newest)];
    session.execute(sql, &values).map(drop)
}
