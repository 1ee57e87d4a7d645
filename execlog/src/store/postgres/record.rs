//! The statements on runs and their contexts.

use super::columns::{CONTEXT, Column, OF_LOG, RECORD, names, taken_over, unnested};
use super::errors::Problem;
use super::row::{Columns, Origin, lists_of_contexts, lists_of_records};
use super::schema::OWN_LOG;
use super::session::Session;
use super::text::unescaped;
use super::value::Value;
use crate::error::Result;
use crate::model::{ExecutionRecord, StoredRun};
use crate::store::{Heard, Removal};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// The origin of a run that is recorded in the server itself.
pub(super) fn own(record: &ExecutionRecord) -> Origin {
    Origin {
        log: OWN_LOG,
        number: record.id,
        sequence: 0,
    }
}

/// The next number of a run. The server may leave numbers out.
pub(super) fn next_number(session: &mut Session) -> Result<i64, Problem> {
    let next = session.query("SELECT nextval('execlog.execution_log_id_seq')", &[])?;
    one(&next)
}

/// The last number given, 0 at first.
pub(super) fn last_number(session: &mut Session) -> Result<i64, Problem> {
    let sql =
        "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM execlog.execution_log_id_seq";
    let last = session.query(sql, &[])?;
    one(&last)
}

/// Makes later runs get larger numbers than this.
pub(super) fn raise_last_number(session: &mut Session, number: i64) -> Result<(), Problem> {
    let sql = "SELECT setval('execlog.execution_log_id_seq', $1)";
    session.query(sql, &[Value::integer(number)]).map(drop)
}

/// Adds these runs and their contexts, with the numbers in their records. Fails if the log has one of them.
pub(super) fn insert(session: &mut Session, runs: &[StoredRun]) -> Result<(), Problem> {
    let columns = [&RECORD[..], &OF_LOG].concat();
    let sql = format!(
        "INSERT INTO execlog.execution_log ({}) {}",
        names(&columns),
        unnested(&columns)
    );
    let records = runs.iter().map(|run| (&run.record, own(&run.record)));
    session.execute(&sql, &lists_of_records(&records))?;
    write_contexts(session, runs)
}

/// Writes these runs, which the log has, and their contexts.
pub(super) fn update(session: &mut Session, runs: &[StoredRun]) -> Result<(), Problem> {
    let columns = [&RECORD[..], &OF_LOG[..1]].concat();
    let assigned: Vec<_> = columns[2..]
        .iter()
        .map(|(name, _)| format!("{name} = given.{name}"))
        .collect();
    let sql = format!(
        "UPDATE execlog.execution_log AS run SET {}, \
         heard_at_ms = (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT \
         FROM ({}) AS given ({}) WHERE run.id = given.id",
        assigned.join(", "),
        unnested(&columns),
        names(&columns)
    );
    let records = runs.iter().map(|run| (&run.record, own(&run.record)));
    let mut lists = lists_of_records(&records);
    lists.truncate(columns.len());
    session.execute(&sql, &lists)?;
    write_contexts(session, runs)
}

/// Writes the contexts of these runs, whether the log has contexts of them or not.
pub(super) fn write_contexts(session: &mut Session, runs: &[StoredRun]) -> Result<(), Problem> {
    let contexts = runs.iter().filter_map(|run| run.context.as_deref());
    if contexts.clone().next().is_none() {
        return Ok(());
    }
    let sql = insert_contexts(&CONTEXT);
    session
        .execute(&sql, &lists_of_contexts(&contexts))
        .map(drop)
}

fn insert_contexts(columns: &[Column]) -> String {
    format!(
        "INSERT INTO execlog.execlog_context ({}) {} \
         ON CONFLICT (execution_id) DO UPDATE SET {}",
        names(columns),
        unnested(columns),
        taken_over(&columns[1..])
    )
}

/// Whether other writers may change the runs that are read, before this transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    MayChange,
    Wait,
}

/// The run with this execution id, or an inner error if it is unreadable.
pub(super) fn read(
    session: &mut Session,
    columns: Columns,
    execution_id: &str,
    others: Others,
) -> Result<Option<Result<StoredRun>>, Problem> {
    let lock = match others {
        Others::MayChange => "",
        Others::Wait => " FOR UPDATE OF run",
    };
    let sql = columns.select(&format!("WHERE run.execution_id = $1{lock}"));
    let id = [Value::text(execution_id)];
    let rows = session.query(&sql, &id)?;
    if rows.is_empty() && others == Others::Wait && is_of_another_role(session, &id)? {
        return Err(Problem::OfAnotherRole);
    }
    Ok(rows.first().map(|row| columns.read(row)))
}

/// Whether a run that cannot be locked is there. Row security hides it from whoever may not change it.
fn is_of_another_role(session: &mut Session, execution_id: &[Value]) -> Result<bool, Problem> {
    let sql = "SELECT 1 FROM execlog.execution_log \
         WHERE execution_id = $1 AND written_by <> current_user";
    Ok(!session.query(sql, execution_id)?.is_empty())
}

/// The run with this number, or an inner error if it is unreadable.
pub(super) fn read_by_number(
    session: &mut Session,
    columns: Columns,
    number: i64,
) -> Result<Option<Result<StoredRun>>, Problem> {
    let sql = columns.select("WHERE run.id = $1");
    let rows = session.query(&sql, &[Value::integer(number)])?;
    Ok(rows.first().map(|row| columns.read(row)))
}

/// The runs with these execution ids, by their ids. Other writers wait. Fails if one is unreadable.
pub(super) fn read_all(
    session: &mut Session,
    execution_ids: Value,
) -> Result<HashMap<String, StoredRun>, Problem> {
    // In one order, so that two writers do not wait for each other.
    let sql = Columns::RecordAndContext
        .select("WHERE run.execution_id = ANY($1) ORDER BY run.id FOR UPDATE OF run");
    let rows = session.query(&sql, &[execution_ids])?;
    let mut found = HashMap::new();
    for row in &rows {
        let run = Columns::RecordAndContext.read(row)?;
        found.insert(run.record.execution_id.clone(), run);
    }
    Ok(found)
}

/// For each prefix the execution ids that begin with it, in byte order. The upper bound ends the read of the index.
pub(super) fn ids_with_prefixes(
    session: &mut Session,
    prefixes: &[&str],
    limit: usize,
) -> Result<Vec<Vec<String>>, Problem> {
    let sql = "SELECT asked.place, found.execution_id \
         FROM unnest($1::TEXT[]) WITH ORDINALITY AS asked (prefix, place) \
         CROSS JOIN LATERAL (SELECT execution_id FROM execlog.execution_log \
         WHERE execution_id >= prefix AND left(execution_id, length(prefix)) = prefix \
         AND execution_id < prefix || chr(1114111) ORDER BY execution_id LIMIT $2) AS found \
         ORDER BY asked.place, found.execution_id";
    let texts = Value::texts(prefixes.iter().copied());
    let mut ids = vec![Vec::new(); prefixes.len()];
    for row in &session.query(sql, &[texts, Value::count(limit)])? {
        let place: i64 = row.try_get(0)?;
        let place = usize::try_from(place - 1).unwrap_or(usize::MAX);
        if let Some(ids) = ids.get_mut(place) {
            ids.push(unescaped(row.try_get(1)?));
        }
    }
    Ok(ids)
}

/// Runs that were removed.
pub(super) struct Removed {
    /// Their numbers in the server.
    pub(super) numbers: Vec<i64>,
    /// The logs that they are from.
    pub(super) logs: Vec<i64>,
}

/// Removes the runs with these execution ids, and their contexts. Notes the numbers of shipped runs, so that
/// they are not shipped again.
pub(super) fn remove(
    session: &mut Session,
    execution_ids: &[&str],
    removal: Removal,
) -> Result<Removed, Problem> {
    let kept = match removal {
        Removal::Any => "",
        Removal::OfPruning => {
            " AND run.outcome <> 'running' AND NOT EXISTS (SELECT FROM execlog.execlog_context AS context \
             WHERE context.execution_id = run.execution_id AND context.pin IS NOT NULL)"
        }
    };
    let sql = format!(
        "DELETE FROM execlog.execution_log AS run WHERE run.execution_id = ANY($1){kept} \
         RETURNING run.id, run.execution_id, run.log, run.number"
    );
    let ids = Value::texts(execution_ids.iter().copied());
    let removed = session.query(&sql, &[ids])?;
    let mut numbers = Vec::new();
    let mut contexts = Vec::new();
    let mut shipped = (Vec::new(), Vec::new());
    for row in &removed {
        numbers.push(row.try_get(0)?);
        contexts.push(Some(row.try_get(1)?));
        let log: i64 = row.try_get(2)?;
        if log != OWN_LOG {
            shipped.0.push(log);
            shipped.1.push(row.try_get(3)?);
        }
    }
    let sql = "DELETE FROM execlog.execlog_context WHERE execution_id = ANY($1)";
    session.execute(sql, &[Value::Texts(contexts)])?;
    let shipped_from: BTreeSet<i64> = shipped.0.iter().copied().collect();
    if !shipped.0.is_empty() {
        let sql = "INSERT INTO execlog.execlog_removed (log, number) \
             SELECT * FROM unnest($1::BIGINT[], $2::BIGINT[]) ON CONFLICT DO NOTHING";
        let values = [Value::integers(shipped.0), Value::integers(shipped.1)];
        session.execute(sql, &values)?;
    }
    numbers.sort_unstable();
    let mut logs = vec![OWN_LOG];
    logs.extend(shipped_from);
    Ok(Removed { numbers, logs })
}

/// What was last heard of a run, by the clock of the server.
pub(super) fn heard(session: &mut Session, execution_id: &str) -> Result<Option<Heard>, Problem> {
    let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT - heard_at_ms, is_dead \
         FROM execlog.execution_log WHERE execution_id = $1";
    let rows = session.query(sql, &[Value::text(execution_id)])?;
    let heard = |row: &tokio_postgres::Row| {
        let ago: i64 = row.try_get(0)?;
        Ok(Heard {
            ago: Duration::from_millis(u64::try_from(ago).unwrap_or_default()),
            is_dead: row.try_get(1)?,
        })
    };
    rows.first().map(heard).transpose()
}

/// The only value of the only row.
fn one(rows: &[tokio_postgres::Row]) -> Result<i64, Problem> {
    match rows.first() {
        Some(row) => Ok(row.try_get(0)?),
        None => Ok(0),
    }
}
