//! The contexts that do not belong to a run, and those of them that a repair has set aside.

use super::columns::{CONTEXT, names};
use super::errors::Problem;
use super::session::Session;
use super::text::unescaped;
use super::value::Value;
use crate::store::report::{Finding, SetAside};
use crate::store::rows::key_of_context;
use crate::store::verify::{movable, why_stray};
use tokio_postgres::Row;

/// The contexts without a run of the same start.
const STRAYS: &str = "SELECT context.execution_id, run.started_at, context.started_at_ms \
     FROM execlog.execlog_context AS context \
     LEFT JOIN execlog.execution_log AS run ON run.execution_id = context.execution_id \
     WHERE run.started_at IS DISTINCT FROM floor(context.started_at_ms / 1000.0) \
     ORDER BY context.execution_id";

/// A context that does not belong to a run.
struct Stray {
    /// As it is stored.
    execution_id: String,
    why: String,
}

fn found(session: &mut Session) -> Result<Vec<Stray>, Problem> {
    let rows = session.query(STRAYS, &[])?;
    let stray = |row: &Row| {
        let started_at_ms: i64 = row.try_get(2)?;
        Ok(Stray {
            execution_id: row.try_get(0)?,
            why: why_stray(row.try_get(1)?, started_at_ms.div_euclid(1000)),
        })
    };
    rows.iter().map(stray).collect()
}

/// Reports the contexts that do not belong to a run.
pub(super) fn findings(session: &mut Session) -> Result<Vec<Finding>, Problem> {
    let strays = found(session)?.into_iter().map(|stray| {
        let problem = format!("the context does not match a run in the log: {}", stray.why);
        movable(key_of_context(&unescaped(stray.execution_id)), problem)
    });
    Ok(strays.collect())
}

/// Moves these contexts aside, and returns their number.
pub(super) fn move_strays(session: &mut Session, now_ms: i64) -> Result<usize, Problem> {
    let strays = found(session)?;
    if strays.is_empty() {
        return Ok(0);
    }
    let columns = names(&CONTEXT);
    let of_context: Vec<_> = CONTEXT
        .iter()
        .map(|(name, _)| format!("context.{name}"))
        .collect();
    let moved = strays.len();
    let (ids, reasons): (Vec<_>, Vec<_>) = strays
        .into_iter()
        .map(|stray| (Some(stray.execution_id), Some(stray.why)))
        .unzip();
    let sql = format!(
        "INSERT INTO execlog.execlog_aside (set_aside_at_ms, reason, {columns}) \
         SELECT $1, given.reason, {} FROM unnest($2::TEXT[], $3::TEXT[]) AS given (id, reason) \
         JOIN execlog.execlog_context AS context ON context.execution_id = given.id \
         ORDER BY context.execution_id",
        of_context.join(", ")
    );
    let ids = Value::Texts(ids);
    session.execute(
        &sql,
        &[Value::integer(now_ms), ids.clone(), Value::Texts(reasons)],
    )?;
    let sql = "DELETE FROM execlog.execlog_context WHERE execution_id = ANY($1)";
    session.execute(sql, &[ids])?;
    Ok(moved)
}

/// The contexts set aside, oldest first.
pub(super) fn listed(session: &mut Session) -> Result<Vec<SetAside>, Problem> {
    let sql = "SELECT aside, execution_id, reason, set_aside_at_ms FROM execlog.execlog_aside \
         ORDER BY aside";
    let rows = session.query(sql, &[])?;
    let set_aside = |row: &Row| {
        let id: String = row.try_get(1)?;
        Ok(SetAside {
            key: format!("execlog_aside row {}", row.try_get::<_, i64>(0)?),
            was: key_of_context(&unescaped(id)),
            reason: row.try_get(2)?,
            at_ms: row.try_get(3)?,
        })
    };
    rows.iter().map(set_aside).collect()
}
