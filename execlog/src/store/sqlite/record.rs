//! The statements on the table `execution_log`.

use super::errors::Failing;
use super::row::Columns;
use super::sequence;
use super::session::Session;
use crate::error::{Error, Result};
use crate::model::ExecutionRecord;
use crate::model::StoredRun;
use crate::store::Finish;
use rusqlite::{ErrorCode, OptionalExtension, named_params, params};

/// Adds a run under the next number.
pub(super) fn insert(session: &Session, record: &ExecutionRecord) -> Result<i64> {
    insert_as(session, None, record)
}

/// Adds a run under this number, or under the next.
pub(super) fn insert_as(
    session: &Session,
    number: Option<i64>,
    record: &ExecutionRecord,
) -> Result<i64> {
    let inserted = session
        .prepare_cached(
            "INSERT OR ABORT INTO main.execution_log (execution_id, tool_version, args, root, db_path, \
             started_at, finished_at, duration_ms, outcome, error_message, files_indexed, \
             symbols_indexed, references_indexed, id) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )
        .and_then(|mut statement| {
            statement.insert(params![
                record.execution_id,
                record.tool_version,
                record.args,
                record.root,
                record.db_path,
                record.started_at,
                record.finished_at,
                record.duration_ms,
                record.outcome,
                record.error_message,
                record.files_indexed,
                record.symbols_indexed,
                record.references_indexed,
                number,
            ])
        });
    match inserted {
        // A table with more columns may have other constraints than the unique execution id.
        Err(error)
            if is_unique(&error)
                && read(session, Columns::Record, &record.execution_id)?.is_some() =>
        {
            Err(Error::duplicate(&record.execution_id))
        }
        // SQLite reports a full disk once the last possible number is given.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
            match sequence::last_number(session)? {
                last @ i64::MAX => Err(Error::NoNumberLeft { last }),
                _ => Err(error).failing_on(session),
            }
        }
        other => other.failing_on(session),
    }
}

pub(super) fn remove(session: &Session, execution_id: &str) -> Result<()> {
    session
        .prepare_cached("DELETE FROM main.execution_log WHERE execution_id = ?1")
        .and_then(|mut statement| statement.execute([execution_id]))
        .failing_on(session)
        .map(drop)
}

/// Removes the runs with these ids, a JSON array. Returns their numbers.
pub(super) fn remove_all(session: &Session, execution_ids: &str) -> Result<Vec<i64>> {
    let sql = "DELETE FROM main.execution_log \
         WHERE execution_id IN (SELECT value FROM json_each(?1)) RETURNING id";
    session
        .prepare_cached(sql)
        .and_then(|mut remove| {
            remove
                .query_map([execution_ids], |row| row.get(0))?
                .collect()
        })
        .failing_on(session)
}

/// These ids, a JSON array, without those of runs that go on or are pinned by now.
pub(super) fn without_kept(
    session: &Session,
    execution_ids: &str,
    has_pins: bool,
) -> Result<String> {
    let unpinned = if has_pins {
        "AND value NOT IN (SELECT execution_id FROM main.execlog_context WHERE pin IS NOT NULL)"
    } else {
        ""
    };
    let sql = format!(
        "SELECT json_group_array(value) FROM json_each(?1) WHERE value NOT IN \
         (SELECT execution_id FROM main.execution_log WHERE outcome = 'running') {unpinned}"
    );
    let kept = session.query_row(&sql, [execution_ids], |row| row.get(0));
    kept.failing_on(session)
}

/// Which runs may end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Only a running run.
    Running,
    /// Any run: the caller has checked it in this transaction.
    Checked,
}

/// Records the end of a run. Returns whether there was a run that may end. If the clock was set back,
/// the run ends when it started.
pub(super) fn finish(
    session: &Session,
    (execution_id, id): (&str, i64),
    ending: Ending,
    duration_ms: i64,
    finish: &Finish,
) -> Result<bool> {
    let changed = session
        .prepare_cached(
            "UPDATE main.execution_log SET \
             finished_at = iif(typeof(started_at) = 'integer', max(:finished_at, started_at), :finished_at), \
             duration_ms = :duration_ms, outcome = :outcome, error_message = :error_message, \
             files_indexed = :files, symbols_indexed = :symbols, references_indexed = :references \
             WHERE id = :id AND execution_id = :execution_id AND (outcome = 'running' OR :checked)",
        )
        .and_then(|mut statement| {
            statement.execute(named_params! {
                ":finished_at": finish.finished_at(),
                ":duration_ms": duration_ms,
                ":outcome": finish.outcome.as_str(),
                ":error_message": finish.error_message,
                ":files": finish.files,
                ":symbols": finish.symbols,
                ":references": finish.references,
                ":id": id,
                ":execution_id": execution_id,
                ":checked": ending == Ending::Checked,
            })
        })
        .failing_on(session)?;
    Ok(changed > 0)
}

/// Records that a running run has crashed. Returns whether there was one.
pub(super) fn settle(
    session: &Session,
    (execution_id, id): (&str, i64),
    message: &str,
) -> Result<bool> {
    let changed = session
        .execute(
            "UPDATE main.execution_log SET outcome = 'error', error_message = ?2 \
             WHERE execution_id = ?1 AND id = ?3 AND outcome = 'running'",
            params![execution_id, message, id],
        )
        .failing_on(session)?;
    Ok(changed > 0)
}

/// The upper bound ends the read of the index after the ids with the prefix.
const IDS_WITH_PREFIX: &str = "SELECT execution_id FROM main.execution_log \
    WHERE execution_id >= ?1 AND execution_id <= ?1 || char(1114111) \
    AND substr(execution_id, 1, length(?1)) = ?1 ORDER BY execution_id LIMIT ?2";

pub(super) fn ids_with_prefix(
    session: &Session,
    prefix: &str,
    limit: usize,
) -> Result<Vec<String>> {
    session
        .prepare_cached(IDS_WITH_PREFIX)
        .and_then(|mut statement| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let ids = statement.query_map(params![prefix, limit], |row| row.get(0))?;
            ids.collect()
        })
        .failing_on(session)
}

/// The run with this execution id, or an inner error if it is unreadable.
pub(super) fn read(
    session: &Session,
    columns: Columns,
    execution_id: &str,
) -> Result<Option<Result<StoredRun>>> {
    let sql = columns.select("WHERE run.execution_id = ?1");
    let mut statement = session.prepare_cached(&sql).failing_on(session)?;
    statement
        .query_row([execution_id], |row| Ok(columns.read(row)))
        .optional()
        .failing_on(session)
}

/// The run with this number, or an inner error if it is unreadable.
pub(super) fn read_by_number(
    session: &Session,
    columns: Columns,
    number: i64,
) -> Result<Option<Result<StoredRun>>> {
    let sql = columns.select("WHERE run.id = ?1");
    let mut statement = session.prepare_cached(&sql).failing_on(session)?;
    statement
        .query_row([number], |row| Ok(columns.read(row)))
        .optional()
        .failing_on(session)
}

fn is_unique(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE)
}

#[cfg(test)]
mod tests {
    use super::IDS_WITH_PREFIX;
    use rusqlite::Connection;

    #[test]
    fn a_prefix_is_looked_up_in_the_index_from_its_first_id_to_its_last() {
        let connection = Connection::open_in_memory().expect("opens");
        connection
            .execute_batch("CREATE TABLE execution_log (execution_id TEXT NOT NULL UNIQUE)")
            .expect("made");
        let sql = format!("EXPLAIN QUERY PLAN {IDS_WITH_PREFIX}");
        let plan = connection.query_row(&sql, ("01a", 100), |row| row.get::<_, String>(3));
        let plan = plan.expect("a plan");
        assert!(
            plan.ends_with("(execution_id>? AND execution_id<?)"),
            "{plan}"
        );
    }
}
