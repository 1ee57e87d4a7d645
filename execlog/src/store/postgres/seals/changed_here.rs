//! The arriving runs that the server has changed itself: it has pinned or settled them.

use super::arrivals::execution_ids;
use crate::model::{ExecutionContext, StoredRun};
use crate::store::postgres::columns::{CONTEXT, names, taken_over, unnested};
use crate::store::postgres::errors::Problem;
use crate::store::postgres::record;
use crate::store::postgres::row::lists_of_contexts;
use crate::store::postgres::schema::OWN_LOG;
use crate::store::postgres::session::Session;
use crate::store::postgres::text::unescaped;
use crate::store::postgres::value::Value;
use std::collections::HashMap;

/// Those of these runs that have seals of the server, as they are now: it has settled or pinned them. Must follow
/// their update, which waits for whoever is about to seal them.
pub(super) fn sealed_here<'a>(
    session: &mut Session,
    ids: impl Iterator<Item = &'a str>,
) -> Result<Vec<StoredRun>, Problem> {
    let mut ids = ids.peekable();
    if ids.peek().is_none() {
        return Ok(Vec::new());
    }
    // With the number of the log in the text, the index of its seals can be used.
    let sql = format!(
        "SELECT run.execution_id FROM execlog.execution_log AS run \
         WHERE run.execution_id = ANY($1) AND EXISTS (SELECT FROM execlog.execlog_seal AS seal \
         WHERE seal.log = {OWN_LOG} AND seal.run = run.id)"
    );
    let sealed = execution_ids(session, &sql, &[Value::texts(ids)])?;
    in_order(session, &sealed)
}

/// The runs with these execution ids, by their numbers.
fn in_order(session: &mut Session, ids: &[String]) -> Result<Vec<StoredRun>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = Value::texts(ids.iter().map(String::as_str));
    let mut runs: Vec<_> = record::read_all(session, ids)?.into_values().collect();
    runs.sort_by_key(|run| run.record.id);
    Ok(runs)
}

/// Writes contexts, except that a run stays pinned that is pinned in the server. Returns such runs, if they
/// are not pinned so in their own log.
pub(super) fn update_contexts<'a>(
    session: &mut Session,
    contexts: impl Iterator<Item = &'a ExecutionContext> + Clone,
) -> Result<Vec<StoredRun>, Problem> {
    if contexts.clone().next().is_none() {
        return Ok(Vec::new());
    }
    let last = CONTEXT.len() - 1;
    let sql = format!(
        "INSERT INTO execlog.execlog_context AS known ({}) {} \
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
    in_order(session, &kept)
}
