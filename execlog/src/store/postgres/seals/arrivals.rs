//! The statements that add and update the runs of other logs.

use crate::model::record::RUNNING;
use crate::model::{ExecutionContext, StoredRun};
use crate::store::postgres::columns::{CONTEXT, Column, Kind, OF_LOG, RECORD, names, unnested};
use crate::store::postgres::errors::{OF_ANOTHER_ROLE, Problem};
use crate::store::postgres::row::{Columns, Origin, lists_of_contexts, lists_of_records};
use crate::store::postgres::session::Session;
use crate::store::postgres::text::unescaped;
use crate::store::postgres::value::{Value, signed};
use crate::store::{Refused, SentRun};
use std::collections::{HashMap, HashSet};

/// The runs that were not removed from the server since they were shipped first.
pub(super) fn without_removed<'a>(
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
pub(super) struct Sorted<'a> {
    pub(super) new: Vec<&'a SentRun>,
    pub(super) known: Vec<&'a SentRun>,
}

/// Looks for them in the server, except for those with the numbers `begun`, which are taken for new. Of a thousand
/// new runs, looking takes a quarter of the time, and adding takes half as long as with `ON CONFLICT`.
pub(super) fn sorted<'a>(
    session: &mut Session,
    runs: Vec<&'a SentRun>,
    begun: &HashSet<i64>,
) -> Result<Sorted<'a>, Problem> {
    let is_begun = |sent: &&SentRun| begun.contains(&sent.run.record.id);
    let (begun, others): (Vec<_>, Vec<_>) = runs.into_iter().partition(is_begun);
    let (known, mut new) = known_and_new(session, others)?;
    remove_strays(session, &new)?;
    new.extend(begun);
    new.sort_by_key(|sent| sent.run.record.id);
    Ok(Sorted { new, known })
}

/// The runs with whose ids the server has runs, and the others.
fn known_and_new<'a>(
    session: &mut Session,
    runs: Vec<&'a SentRun>,
) -> Result<(Vec<&'a SentRun>, Vec<&'a SentRun>), Problem> {
    if runs.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let ids = Value::texts(runs.iter().map(|sent| &*sent.run.record.execution_id));
    let sql = "SELECT execution_id FROM execlog.execution_log WHERE execution_id = ANY($1)";
    let known = execution_ids(session, sql, &[ids])?;
    let known: HashSet<String> = known.into_iter().collect();
    let runs = runs.into_iter();
    Ok(runs.partition(|sent| known.contains(&sent.run.record.execution_id)))
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

/// Adds runs, and their contexts. Fails if the server has one of them.
pub(super) fn insert(session: &mut Session, log: i64, runs: &[&SentRun]) -> Result<(), Problem> {
    if runs.is_empty() {
        return Ok(());
    }
    let columns = columns();
    let sql = format!(
        "INSERT INTO execlog.execution_log ({}) {}",
        names(&columns),
        unnested(&columns)
    );
    session.execute(&sql, &values(log, runs))?;
    let contexts = contexts(runs);
    if contexts.clone().next().is_none() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO execlog.execlog_context ({}) {}",
        names(&CONTEXT),
        unnested(&CONTEXT)
    );
    session
        .execute(&sql, &lists_of_contexts(&contexts))
        .map(drop)
}

fn contexts<'a>(runs: &[&'a SentRun]) -> impl Iterator<Item = &'a ExecutionContext> + Clone {
    runs.iter().filter_map(|sent| sent.run.context.as_deref())
}

/// Removes contexts of new runs, left from runs that another program has removed. Looks first: who may ship need
/// not have the right to delete.
fn remove_strays(session: &mut Session, runs: &[&SentRun]) -> Result<(), Problem> {
    let mut ids = contexts(runs)
        .map(|context| &*context.execution_id)
        .peekable();
    if ids.peek().is_none() {
        return Ok(());
    }
    let ids = [Value::texts(ids)];
    let sql = "SELECT 1 FROM execlog.execlog_context WHERE execution_id = ANY($1) LIMIT 1";
    if session.query(sql, &ids)?.is_empty() {
        return Ok(());
    }
    let sql = "DELETE FROM execlog.execlog_context WHERE execution_id = ANY($1)";
    session.execute(sql, &ids).map(drop)
}

/// Updates the runs that the server has from an earlier seal. Returns their execution ids.
pub(super) fn update(
    session: &mut Session,
    log: i64,
    runs: &[&SentRun],
) -> Result<HashSet<String>, Problem> {
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
         FROM ({}) AS sent ({}) \
         WHERE run.execution_id = sent.execution_id AND run.log = sent.log \
         AND run.number = sent.number AND (sent.sequence > run.sequence \
         OR sent.sequence IN (0, run.sequence) \
         AND run.outcome = 'running' AND sent.outcome <> 'running') RETURNING run.execution_id",
        taken.join(", "),
        unnested(&columns),
        names(&columns)
    );
    let taken = execution_ids(session, &sql, &values(log, runs))?;
    Ok(taken.into_iter().collect())
}

/// The execution ids that a statement returns.
pub(super) fn execution_ids(
    session: &mut Session,
    sql: &str,
    values: &[Value],
) -> Result<Vec<String>, Problem> {
    let rows = session.query(sql, values)?;
    let ids = rows.iter().map(|row| Ok(unescaped(row.try_get(0)?)));
    ids.collect()
}

/// The runs that were not taken, since another log has a run with the same id, or since this role may not change what
/// another role has shipped. Notes that the server has no run of this log for the seals of the former.
pub(super) fn refused(
    session: &mut Session,
    log: i64,
    runs: &[&SentRun],
    taken: &HashSet<String>,
) -> Result<Vec<Refused>, Problem> {
    let left: HashMap<_, _> = runs
        .iter()
        .map(|sent| (&*sent.run.record.execution_id, *sent))
        .filter(|(id, _)| !taken.contains(*id))
        .collect();
    if left.is_empty() {
        return Ok(Vec::new());
    }
    let columns = Columns::RecordAndContext;
    let sql = columns.select_with(
        ", journal.log_id, run.log, run.sequence",
        "LEFT JOIN execlog.execlog_journal AS journal ON journal.log = run.log \
         WHERE run.execution_id = ANY($1) ORDER BY run.id",
    );
    let rows = session.query(&sql, &[Value::texts(left.keys().copied())])?;
    let mut refused = Vec::new();
    let mut elsewhere = Vec::new();
    for row in &rows {
        let there = columns.read(row)?;
        let id = &there.record.execution_id;
        let Some(sent) = left.get(&**id) else {
            continue;
        };
        let first = columns.count();
        let refusal = if row.try_get::<_, i64>(first + 1)? == log {
            let sequence: i64 = row.try_get(first + 2)?;
            let has_ended = is_running(&there) && !is_running(&sent.run);
            if signed(sent.sequence) <= sequence && !has_ended {
                continue;
            }
            Refused::new(id, OF_ANOTHER_ROLE)
        } else {
            elsewhere.push(sent.run.record.id);
            // A copy of a log has the runs of the log.
            if is_same(&sent.run, &there) {
                continue;
            }
            let other: Option<String> = row.try_get(first)?;
            let other = other.unwrap_or_default();
            let reason = format!(
                "the log `{other}` has shipped another run with this id: give each run an id of its own"
            );
            Refused::for_good(id, reason)
        };
        refused.push(refusal);
    }
    if !elsewhere.is_empty() {
        let sql = "INSERT INTO execlog.execlog_removed (log, number) \
             SELECT $1, unnest($2::BIGINT[]) ON CONFLICT DO NOTHING";
        let values = [Value::integer(log), Value::integers(elsewhere)];
        session.execute(sql, &values)?;
    }
    Ok(refused)
}

fn is_running(run: &StoredRun) -> bool {
    run.record.outcome == RUNNING
}

fn is_same(sent: &StoredRun, there: &StoredRun) -> bool {
    let mut there = there.clone();
    there.record.id = sent.record.id;
    *sent == there
}
