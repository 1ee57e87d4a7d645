//! The newest successes of each group, and the slowest runs.

use super::super::errors::Problem;
use super::super::session::Session;
use super::super::text::unescaped;
use super::super::value::Value;
use super::durations::Cell;
use super::{Counting, group};
use crate::model::{GroupStatistics, Grouping, Outcome, SlowRun, Statistics, Success};
use tokio_postgres::Row;

impl Counting<'_> {
    /// Adds the newest successes of each group. Reads no further back than to the last of them.
    pub(super) fn add_newest(
        &self,
        session: &mut Session,
        cells: &[Cell],
        statistics: &mut Statistics,
    ) -> Result<(), Problem> {
        let successes = cells
            .iter()
            .filter(|cell| cell.outcome == Outcome::Success.as_str() && cell.has_durations());
        let (unnamed, named): (Vec<_>, Vec<_>) = successes.partition(|cell| cell.stored.is_none());
        let same = match self.by {
            Grouping::Command => {
                "left(run.command, 256) = left(given.name, 256) AND run.command = given.name"
            }
            Grouping::Version => "run.tool_version = given.name AND run.started_at <= given.last",
            Grouping::Host => return self.add_newest_of_all(session, statistics),
        };
        for (cells, same) in [(named, same), (unnamed, "left(run.command, 256) IS NULL")] {
            if !cells.is_empty() {
                self.add_newest_of(session, &cells, same, statistics)?;
            }
        }
        Ok(())
    }

    /// Reads all successes once. Hosts may be many, and the runs of each may lie far apart.
    fn add_newest_of_all(
        &self,
        session: &mut Session,
        statistics: &mut Statistics,
    ) -> Result<(), Problem> {
        let (conditions, name) = (self.conditions(), self.name());
        let sql = format!(
            "SELECT name, started_at, id, duration_ms FROM (SELECT {name} AS name, run.started_at, run.id, \
             run.duration_ms, row_number() OVER (PARTITION BY {name} \
             ORDER BY run.started_at DESC, run.id DESC) AS place \
             FROM {} WHERE run.outcome = 'success' AND run.duration_ms IS NOT NULL AND {}) AS success \
             WHERE place <= {}",
            self.runs(),
            conditions.joined(),
            GroupStatistics::NEWEST
        );
        add_successes(&session.query(&sql, &conditions.values)?, statistics)
    }

    fn add_newest_of(
        &self,
        session: &mut Session,
        cells: &[&Cell],
        same: &str,
        statistics: &mut Statistics,
    ) -> Result<(), Problem> {
        let mut conditions = self.conditions();
        let condition = conditions.joined();
        let names = cells.iter().map(|cell| cell.stored.clone()).collect();
        let most = cells.iter().map(|cell| {
            let runs = i64::try_from(cell.with_duration()).unwrap_or(i64::MAX);
            Some(runs)
        });
        let last = cells.iter().map(|cell| cell.last).collect();
        let names = conditions.place(Value::Texts(names));
        let most = conditions.place(Value::Integers(most.collect()));
        let last = conditions.place(Value::Integers(last));
        let sql = format!(
            "SELECT given.name, newest.* \
             FROM unnest({names}::TEXT[], {most}::BIGINT[], {last}::BIGINT[]) AS given (name, most, last), \
             LATERAL (SELECT * FROM (SELECT run.started_at, run.id, run.duration_ms \
             FROM execlog.execution_log AS run WHERE {same} AND run.outcome = 'success' \
             AND run.duration_ms IS NOT NULL AND {condition} \
             ORDER BY run.started_at DESC, run.id DESC LIMIT {}) AS newest LIMIT given.most) AS newest",
            GroupStatistics::NEWEST
        );
        add_successes(&session.query(&sql, &conditions.values)?, statistics)
    }

    pub(super) fn slowest(
        &self,
        session: &mut Session,
        most: usize,
    ) -> Result<Vec<SlowRun>, Problem> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let mut conditions = self.conditions();
        let condition = conditions.joined();
        let most = conditions.place(Value::count(most));
        let slowest = Self::of_each_length(|length| {
            format!(
                "SELECT run.id, run.execution_id, run.duration_ms FROM execlog.execution_log AS run \
                 WHERE run.duration_ms IS NOT NULL AND {length} AND {condition} \
                 ORDER BY run.duration_ms DESC, run.id DESC LIMIT {most}"
            )
        });
        let slowest = slowest.join(") UNION ALL (");
        let sql = format!(
            "SELECT id, execution_id, duration_ms FROM (({slowest})) AS run \
             ORDER BY duration_ms DESC, id DESC LIMIT {most}"
        );
        let rows = session.query(&sql, &conditions.values)?;
        let slow = |row: &Row| {
            Ok(SlowRun {
                id: row.try_get(0)?,
                execution_id: unescaped(row.try_get(1)?),
                duration_ms: row.try_get(2)?,
            })
        };
        rows.iter().map(slow).collect()
    }
}

/// Adds successes from rows of the name of a group, the start, the number and the duration.
fn add_successes(rows: &[Row], statistics: &mut Statistics) -> Result<(), Problem> {
    for row in rows {
        let success = Success {
            started_at: row.try_get(1)?,
            id: row.try_get(2)?,
            duration_ms: row.try_get(3)?,
        };
        let group = statistics.group(&group(row.try_get(0)?));
        group.add_success(success);
    }
    Ok(())
}
