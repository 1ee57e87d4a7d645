//! Counts runs in the server.
//!
//! The server returns how many runs of each group took how many milliseconds, so that every percentile can be
//! computed as from single runs: `durations`. `newest` finds the runs that are shown themselves.

mod durations;
mod newest;

use super::conditions::Conditions;
use super::errors::Problem;
use super::row::Columns;
use super::session::Session;
use super::text::unescaped;
use super::value::Value;
use crate::model::{Grouping, Indexed, Outcome, Statistics, Status, StoredRun};
use crate::query::{Filter, Selection};
use crate::store::Counted;
use std::collections::BTreeMap;

/// The condition of the indexes with whole commands, which take no long texts.
const SHORT: &str = "(run.command IS NULL OR octet_length(run.command) <= 512)";

/// Compiling these statements would take longer than they do, and sorting needs some memory.
const SETTINGS: &str = "SELECT set_config(name, \
     CASE name WHEN 'jit' THEN 'off' ELSE greatest(setting::BIGINT, 65536)::TEXT END, TRUE) \
     FROM pg_settings WHERE name IN ('jit', 'work_mem')";

/// The condition that a context is that of its run. No start overflows it.
const OF_RUN: &str = "context.execution_id = run.execution_id AND context.started_at_ms / 1000 \
     - (context.started_at_ms % 1000 < 0)::INTEGER = run.started_at";

/// The largest number of runs without an end that are read to count them.
const MOST_NOT_ENDED: u64 = 10_000;

/// Whether the conditions can be checked by the server alone, and by the record alone.
pub(super) fn can_count(selection: &Selection) -> bool {
    let Selection {
        filter,
        context_filter,
        wanted,
        ..
    } = selection;
    let is_certain = |status: &Status| matches!(status, Status::Success | Status::Partial);
    wanted.is_none()
        && context_filter.is_empty()
        && filter.text.is_none()
        && filter.statuses.iter().all(is_certain)
}

/// Counts the runs. `None` if that needs the runs themselves.
pub(super) fn count(
    session: &mut Session,
    filter: &Filter,
    by: Grouping,
    slowest: usize,
) -> Result<Option<Counted>, Problem> {
    session.query(SETTINGS, &[])?;
    let counting = Counting { filter, by };
    let cells = counting.cells(session)?;
    let mut crashed = counting.crashed(session)?;
    let mut not_ended = Vec::new();
    let mut statistics = Statistics::default();
    for cell in &cells {
        let group = statistics.group(&cell.group);
        match cell.outcome.parse::<Outcome>() {
            Ok(Outcome::Error) => {
                let left = crashed.entry(cell.group.clone()).or_default();
                let crashed = cell.runs().min(*left);
                *left -= crashed;
                group.add_runs(Status::Crashed, crashed);
                group.add_runs(Status::Error, cell.runs() - crashed);
            }
            Ok(outcome) => group.add_runs(outcome.into(), cell.runs()),
            // Only a run that has ended has a duration.
            Err(_) if cell.has_durations() => return Ok(None),
            Err(_) => not_ended.push(cell),
        }
    }
    if not_ended.iter().map(|cell| cell.runs()).sum::<u64>() > MOST_NOT_ENDED {
        return Ok(None);
    }
    let outcomes = not_ended.iter().map(|cell| Some(cell.outcome.clone()));
    let Some(not_ended) = counting.whole_runs(session, outcomes.collect())? else {
        return Ok(None);
    };
    counting.add_durations(session, &cells, &mut statistics)?;
    counting.add_indexed(session, &mut statistics)?;
    counting.add_newest(session, &cells, &mut statistics)?;
    (statistics.first, statistics.last) = counting.starts(session)?;
    statistics.slowest = counting.slowest(session, slowest)?;
    Ok(Some(Counted {
        statistics,
        not_ended,
    }))
}

struct Counting<'a> {
    filter: &'a Filter,
    by: Grouping,
}

impl Counting<'_> {
    /// The column that has the name of the group.
    fn name(&self) -> &'static str {
        match self.by {
            Grouping::Command => "run.command",
            Grouping::Version => "run.tool_version",
            Grouping::Host => "context.host",
        }
    }

    /// The runs, with their contexts if the grouping needs them.
    fn runs(&self) -> String {
        let runs = "execlog.execution_log AS run";
        if self.by.needs_context() {
            format!("{runs} LEFT JOIN execlog.execlog_context AS context ON {OF_RUN}")
        } else {
            runs.to_owned()
        }
    }

    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.add_filter(self.filter);
        conditions
    }

    /// The queries for the runs with short commands and for those with long ones. `select` makes a query of a
    /// condition. Two queries are faster than a `UNION ALL`, whose halves are not divided among processes.
    fn of_each_length(select: impl Fn(&str) -> String) -> Vec<String> {
        vec![select(SHORT), select(&format!("NOT {SHORT}"))]
    }

    /// The number of settled runs of each group, which crashed.
    fn crashed(&self, session: &mut Session) -> Result<BTreeMap<String, u64>, Problem> {
        let conditions = self.conditions();
        let sql = format!(
            "SELECT {}, count(*) FROM execlog.execlog_context AS context \
             JOIN execlog.execution_log AS run ON {OF_RUN} \
             WHERE context.crashed AND run.outcome = 'error' AND {} GROUP BY 1",
            self.name(),
            conditions.joined()
        );
        let mut crashed = BTreeMap::new();
        for row in session.query(&sql, &conditions.values)? {
            *crashed.entry(group(row.try_get(0)?)).or_default() += number(row.try_get(1)?);
        }
        Ok(crashed)
    }

    fn add_indexed(
        &self,
        session: &mut Session,
        statistics: &mut Statistics,
    ) -> Result<(), Problem> {
        let (conditions, name, runs) = (self.conditions(), self.name(), self.runs());
        let condition = conditions.joined();
        let select = |length: &str| {
            let sum = |column| format!("least(sum(run.{column}), {})::BIGINT", i64::MAX);
            format!(
                "SELECT {name}, {}, {}, {} FROM {runs} \
                 WHERE (run.files_indexed > 0 OR run.symbols_indexed > 0) AND {length} \
                 AND run.duration_ms IS NOT NULL AND {condition} GROUP BY 1",
                sum("files_indexed"),
                sum("symbols_indexed"),
                sum("duration_ms")
            )
        };
        let queries = match self.by {
            Grouping::Command => Self::of_each_length(select),
            Grouping::Version | Grouping::Host => vec![select("TRUE")],
        };
        for sql in queries {
            for row in session.query(&sql, &conditions.values)? {
                let indexed = Indexed {
                    files: row.try_get(1)?,
                    symbols: row.try_get(2)?,
                    duration_ms: row.try_get(3)?,
                };
                let group = statistics.group(&group(row.try_get(0)?));
                group.add_indexed(indexed);
            }
        }
        Ok(())
    }

    /// When the first and the last run began.
    fn starts(&self, session: &mut Session) -> Result<(Option<i64>, Option<i64>), Problem> {
        let conditions = self.conditions();
        let sql = format!(
            "SELECT min(run.started_at), max(run.started_at) FROM execlog.execution_log AS run WHERE {}",
            conditions.joined()
        );
        match session.query(&sql, &conditions.values)?.first() {
            Some(row) => Ok((row.try_get(0)?, row.try_get(1)?)),
            None => Ok((None, None)),
        }
    }

    /// The runs with these outcomes. `None` if one of them is unreadable.
    fn whole_runs(
        &self,
        session: &mut Session,
        outcomes: Vec<Option<String>>,
    ) -> Result<Option<Vec<StoredRun>>, Problem> {
        if outcomes.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let mut conditions = self.conditions();
        let outcomes = conditions.place(Value::Texts(outcomes));
        conditions.add(format!("run.outcome = ANY({outcomes})"));
        let columns = Columns::RecordAndContext;
        let sql = columns.select(&format!("WHERE {} ORDER BY run.id", conditions.joined()));
        let rows = session.query(&sql, &conditions.values)?;
        let runs = rows.iter().map(|row| columns.read(row).ok());
        Ok(runs.collect())
    }
}

/// The name of a group.
fn group(stored: Option<String>) -> String {
    unescaped(stored.unwrap_or_default())
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
