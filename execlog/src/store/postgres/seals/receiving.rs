//! Stores what other logs ship: their runs, as they are there, and the seals of these.

use super::sealer::SealColumns;
use crate::error::{Error, Result};
use crate::model::{ExecutionContext, StoredRun};
use crate::seal::{Digest, SealEvent};
use crate::store::postgres::PostgresStore;
use crate::store::postgres::columns::{
    CONTEXT, Column, Kind, OF_LOG, RECORD, names, taken_over, unnested,
};
use crate::store::postgres::errors::{Problem, reason};
use crate::store::postgres::patience::Patience;
use crate::store::postgres::record;
use crate::store::postgres::row::{Columns, Origin, lists_of_contexts, lists_of_records};
use crate::store::postgres::schema::OWN_LOG;
use crate::store::postgres::session::Session;
use crate::store::postgres::text::unescaped;
use crate::store::postgres::value::Value;
use crate::store::{Parcel, Refused, SentRun, Target};
use std::collections::{HashMap, HashSet};

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
            let values = [Value::text(log_id), Value::integer(signed(sequence))];
            let rows = session.query(sql, &values)?;
            let digest: Option<&[u8]> = rows.first().map(|row| row.try_get(0)).transpose()?;
            Ok(digest.and_then(|digest| digest.try_into().ok()).map(Digest))
        })?;
        Ok(found.flatten())
    }

    fn receive(&self, parcel: &Parcel<'_>) -> Result<Vec<Refused>> {
        let mut refused = Vec::new();
        self.store_runs(parcel, parcel.runs, &mut refused)?;
        Ok(refused)
    }

    fn running(&self, log_id: &str) -> Result<Vec<String>> {
        const MOST: usize = 10_000;
        let found = self.existing(|session| {
            let sql = "SELECT run.execution_id FROM execlog.execution_log AS run \
                 JOIN execlog.execlog_journal AS journal ON journal.log = run.log \
                 WHERE run.outcome = 'running' AND journal.log_id = $1 ORDER BY run.id LIMIT $2";
            let rows = session.query(sql, &[Value::text(log_id), Value::count(MOST)])?;
            let ids = rows.iter().map(|row| Ok(unescaped(row.try_get(0)?)));
            ids.collect::<Result<Vec<_>, Problem>>()
        })?;
        Ok(found.unwrap_or_default())
    }

    fn hear(&self, log_id: &str, alive: &[&str], dead: &[&str]) -> Result<()> {
        let heard = self.changing(self.of_reader(), |session, _| {
            for (ids, is_dead) in [(alive, false), (dead, true)] {
                let sql = format!(
                    "UPDATE execlog.execution_log SET is_dead = {is_dead}, \
                     heard_at_ms = (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT \
                     WHERE execution_id = ANY($1) AND outcome = 'running' AND log = \
                     (SELECT log FROM execlog.execlog_journal WHERE log_id = $2)"
                );
                let ids = Value::texts(ids.iter().copied());
                session.execute(&sql, &[ids, Value::text(log_id)])?;
            }
            Ok(())
        });
        heard.map(drop)
    }
}

impl PostgresStore {
    /// Stores these runs of a parcel with its seals. If the server refuses one of them, the others are stored
    /// without it.
    fn store_runs(
        &self,
        parcel: &Parcel<'_>,
        runs: &[SentRun],
        refused: &mut Vec<Refused>,
    ) -> Result<()> {
        let problem = match self.try_to_store(self.of_reader(), parcel, runs) {
            Ok(more) => {
                refused.extend(more);
                return Ok(());
            }
            Err(problem) => problem,
        };
        match (refusal_of_run(&problem), runs) {
            (Some(reason), [one]) => {
                let id = &one.run.record.execution_id;
                refused.push(Refused::new(id, reason));
                self.store_runs(parcel, &[], refused)
            }
            (Some(_), [_, ..]) => {
                let (first, second) = runs.split_at(runs.len() / 2);
                self.store_runs(parcel, first, refused)?;
                self.store_runs(parcel, second, refused)
            }
            // The server would refuse any run now: none is left behind for that.
            _ => Err(problem.into_error(self.address())),
        }
    }

    fn try_to_store(
        &self,
        patience: Patience,
        parcel: &Parcel<'_>,
        runs: &[SentRun],
    ) -> Result<Vec<Refused>, Problem> {
        self.try_writing(patience, |session, _| {
            let (log, last) = journal_of(session, parcel)?;
            let runs = without_removed(session, log, runs)?;
            let Sorted { new, known } = sorted(session, runs)?;
            insert(session, log, &new)?;
            let taken = update(session, log, &known)?;
            let refused = refused(session, log, &known, &taken)?;
            let taken = known
                .iter()
                .filter(|sent| taken.contains(&sent.run.record.execution_id))
                .filter_map(|sent| sent.run.context.as_deref());
            let kept_pins = update_contexts(session, taken)?;
            insert_seals(session, (log, last), parcel)?;
            // These runs are not as they are in their own log.
            self.sealer.seal(session, SealEvent::Pinned, &kept_pins)?;
            Ok(refused)
        })
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
    let dropped = Value::integer(signed(parcel.dropped.size()));
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

/// The runs that were not removed from the server since they were shipped first.
fn without_removed<'a>(
    session: &mut Session,
    log: i64,
    runs: &'a [SentRun],
) -> Result<Vec<&'a SentRun>, Problem> {
    let numbers = Value::integers(runs.iter().map(|sent| sent.run.record.id));
    let sql = "SELECT number FROM execlog.execlog_removed WHERE log = $1 AND number = ANY($2)";
    let rows = session.query(sql, &[Value::integer(log), numbers])?;
    let removed: HashSet<i64> = rows
        .iter()
        .map(|row| Ok(row.try_get(0)?))
        .collect::<Result<_, Problem>>()?;
    let there = runs.iter();
    Ok(there
        .filter(|sent| !removed.contains(&sent.run.record.id))
        .collect())
}

/// The runs of a parcel, by whether the server has runs with their ids.
struct Sorted<'a> {
    new: Vec<&'a SentRun>,
    known: Vec<&'a SentRun>,
}

/// Inserting what is new without looking for conflicts takes half the time.
fn sorted<'a>(session: &mut Session, runs: Vec<&'a SentRun>) -> Result<Sorted<'a>, Problem> {
    let ids = Value::texts(runs.iter().map(|sent| &*sent.run.record.execution_id));
    let sql = "SELECT execution_id FROM execlog.execution_log WHERE execution_id = ANY($1)";
    let rows = session.query(sql, &[ids])?;
    let known: HashSet<String> = rows
        .iter()
        .map(|row| Ok(unescaped(row.try_get(0)?)))
        .collect::<Result<_, Problem>>()?;
    let runs = runs.into_iter();
    let (known, new) = runs.partition(|sent| known.contains(&sent.run.record.execution_id));
    Ok(Sorted { new, known })
}

/// The columns of a shipped run, without its number in the server, which the server gives.
fn columns() -> Vec<Column> {
    let whole = [("is_whole", Kind::Flag)];
    [&RECORD[1..], &OF_LOG, &whole].concat()
}

/// The lists of these columns.
fn values(log: i64, runs: &[&SentRun]) -> Vec<Value> {
    let records = runs.iter().map(|sent| {
        let record = &sent.run.record;
        let origin = Origin {
            log,
            number: record.id,
            sequence: signed(sent.sequence),
        };
        (record, origin)
    });
    let mut values = lists_of_records(&records).split_off(1);
    values.push(Value::Flags(
        runs.iter().map(|sent| sent.is_whole).collect(),
    ));
    values
}

/// Adds runs that the server lacks, and their contexts.
fn insert(session: &mut Session, log: i64, runs: &[&SentRun]) -> Result<(), Problem> {
    if runs.is_empty() {
        return Ok(());
    }
    let columns = columns();
    let sql = format!(
        "INSERT INTO execlog.execution_log ({}) SELECT * FROM {}",
        names(&columns),
        unnested(&columns)
    );
    session.execute(&sql, &values(log, runs))?;
    let contexts = runs.iter().filter_map(|sent| sent.run.context.as_deref());
    if contexts.clone().next().is_none() {
        return Ok(());
    }
    remove_strays(
        session,
        contexts.clone().map(|context| &*context.execution_id),
    )?;
    let sql = format!(
        "INSERT INTO execlog.execlog_context ({}) SELECT * FROM {}",
        names(&CONTEXT),
        unnested(&CONTEXT)
    );
    session
        .execute(&sql, &lists_of_contexts(&contexts))
        .map(drop)
}

/// Removes contexts with these execution ids, whose runs another program has removed. Looks first: who may ship
/// need not have the right to delete.
fn remove_strays<'a>(
    session: &mut Session,
    execution_ids: impl Iterator<Item = &'a str>,
) -> Result<(), Problem> {
    let ids = [Value::texts(execution_ids)];
    let sql = "SELECT 1 FROM execlog.execlog_context WHERE execution_id = ANY($1) LIMIT 1";
    if session.query(sql, &ids)?.is_empty() {
        return Ok(());
    }
    let sql = "DELETE FROM execlog.execlog_context WHERE execution_id = ANY($1)";
    session.execute(sql, &ids).map(drop)
}

/// Updates the runs that the server has from an earlier seal. Returns their execution ids.
fn update(session: &mut Session, log: i64, runs: &[&SentRun]) -> Result<HashSet<String>, Problem> {
    if runs.is_empty() {
        return Ok(HashSet::new());
    }
    let columns = columns();
    let taken: Vec<_> = RECORD[2..]
        .iter()
        .chain(&OF_LOG[..1])
        .map(|(name, _)| format!("{name} = sent.{name}"))
        .collect();
    let sql = format!(
        "UPDATE execlog.execution_log AS run SET {}, is_whole = sent.is_whole, \
         sequence = greatest(run.sequence, sent.sequence), is_dead = FALSE, \
         heard_at_ms = (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT \
         FROM {} AS sent ({}) \
         WHERE run.execution_id = sent.execution_id AND run.log = sent.log \
         AND run.number = sent.number AND (sent.sequence > run.sequence \
         OR sent.sequence IN (0, run.sequence) \
         AND run.outcome = 'running' AND sent.outcome <> 'running') RETURNING run.execution_id",
        taken.join(", "),
        unnested(&columns),
        names(&columns)
    );
    let rows = session.query(&sql, &values(log, runs))?;
    let ids = rows.iter().map(|row| Ok(unescaped(row.try_get(0)?)));
    ids.collect()
}

/// The runs that were not taken since another log has a run with the same id.
fn refused(
    session: &mut Session,
    log: i64,
    runs: &[&SentRun],
    taken: &HashSet<String>,
) -> Result<Vec<Refused>, Problem> {
    let left: HashMap<_, _> = runs
        .iter()
        .map(|sent| (&*sent.run.record.execution_id, &sent.run))
        .filter(|(id, _)| !taken.contains(*id))
        .collect();
    if left.is_empty() {
        return Ok(Vec::new());
    }
    let columns = Columns::RecordAndContext;
    let sql = columns.select_with(
        ", journal.log_id",
        "LEFT JOIN execlog.execlog_journal AS journal ON journal.log = run.log \
         WHERE run.execution_id = ANY($1) AND run.log <> $2 ORDER BY run.id",
    );
    let ids = Value::texts(left.keys().copied());
    let rows = session.query(&sql, &[ids, Value::integer(log)])?;
    let mut refused = Vec::new();
    for row in &rows {
        let there = columns.read(row)?;
        let id = &there.record.execution_id;
        // A copy of a log has the runs of the log.
        if left.get(&**id).is_some_and(|sent| is_same(sent, &there)) {
            continue;
        }
        let other: Option<String> = row.try_get(columns.count())?;
        let other = other.unwrap_or_default();
        let reason = format!(
            "the log `{other}` has shipped another run with this id: give each run an id of its own"
        );
        refused.push(Refused::new(id, reason));
    }
    Ok(refused)
}

fn is_same(sent: &StoredRun, there: &StoredRun) -> bool {
    let mut there = there.clone();
    there.record.id = sent.record.id;
    *sent == there
}

/// Writes contexts, except that a run stays pinned that is pinned in the server. Returns such runs, if they
/// are not pinned so in their own log.
fn update_contexts<'a>(
    session: &mut Session,
    contexts: impl Iterator<Item = &'a ExecutionContext> + Clone,
) -> Result<Vec<StoredRun>, Problem> {
    if contexts.clone().next().is_none() {
        return Ok(Vec::new());
    }
    let last = CONTEXT.len() - 1;
    let sql = format!(
        "INSERT INTO execlog.execlog_context AS known ({}) SELECT * FROM {} \
         ON CONFLICT (execution_id) DO UPDATE SET {}, pin = coalesce(known.pin, EXCLUDED.pin) \
         RETURNING execution_id, pin",
        names(&CONTEXT),
        unnested(&CONTEXT),
        taken_over(&CONTEXT[1..last])
    );
    let rows = session.query(&sql, &lists_of_contexts(&contexts))?;
    let sent: HashMap<_, _> = contexts
        .map(|context| (&*context.execution_id, &context.pin))
        .collect();
    let mut kept = Vec::new();
    for row in &rows {
        let id = unescaped(row.try_get(0)?);
        let pin: Option<String> = row.try_get(1)?;
        let pin = pin.map(unescaped);
        if sent.get(&*id).is_some_and(|sent| **sent != pin) {
            kept.push(id);
        }
    }
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let ids = Value::texts(kept.iter().map(String::as_str));
    let mut runs: Vec<_> = record::read_all(session, ids)?.into_values().collect();
    runs.sort_by_key(|run| run.record.id);
    Ok(runs)
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

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
