//! Counts runs in the server.
//!
//! The server returns how many runs of each group took how many milliseconds, so that every percentile can be
//! computed as from single runs.

use super::conditions::Conditions;
use super::errors::Problem;
use super::row::Columns;
use super::session::Session;
use super::text::unescaped;
use super::value::Value;
use crate::model::{
    GroupStatistics, Grouping, Indexed, Outcome, SlowRun, Statistics, Status, StoredRun, Success,
};
use crate::query::{Filter, Selection};
use crate::store::Counted;
use std::collections::BTreeMap;
use tokio_postgres::Row;

/// The condition of the indexes with whole commands, which take no long texts.
const SHORT: &str = "(run.command IS NULL OR octet_length(run.command) <= 512)";

/// The condition of the index of the runs whose ids magellan has made. The planner does not recognise a condition
/// with `=` as that of the index. The first condition is for speed: it excludes UUIDs.
const OF_MAGELLAN: &str = "run.execution_id NOT LIKE '%-%-%' AND run.started_at >= 0 \
     AND run.execution_id ~ '^[+]?[0-9a-fA-F]+-[+]?0*[0-9a-fA-F]{1,8}$' \
     AND ltrim(lower(ltrim(split_part(run.execution_id, '-', 1), '+')), '0') \
     IS NOT DISTINCT FROM ltrim(to_hex(run.started_at), '0')";

/// Compiling these statements would take longer than they do, and sorting needs some memory.
const SETTINGS: &str = "SELECT set_config(name, \
     CASE name WHEN 'jit' THEN 'off' ELSE greatest(setting::BIGINT, 65536)::TEXT END, TRUE) \
     FROM pg_settings WHERE name IN ('jit', 'work_mem')";

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

/// The runs of a group with the same outcome.
struct Cell {
    /// The name of the group as it is stored.
    stored: Option<String>,
    group: String,
    outcome: String,
    /// Each duration in milliseconds with the number of runs that took as long.
    durations: Vec<(Option<i64>, u64)>,
    /// A time after which none of them began, in seconds since 1970.
    last: Option<i64>,
}

impl Cell {
    fn read(row: &Row) -> Result<Self, Problem> {
        let stored: Option<String> = row.try_get(0)?;
        let durations: Vec<Option<i64>> = row.try_get(2)?;
        let runs: Vec<i64> = row.try_get(3)?;
        let runs = runs.into_iter().map(number);
        Ok(Self {
            group: group(stored.clone()),
            stored,
            outcome: row.try_get(1)?,
            durations: durations.into_iter().zip(runs).collect(),
            last: row.try_get(4)?,
        })
    }

    fn runs(&self) -> u64 {
        self.durations.iter().map(|(_, runs)| runs).sum()
    }

    fn has_durations(&self) -> bool {
        self.durations.iter().any(|(took, _)| took.is_some())
    }

    /// How many runs have a duration.
    fn with_duration(&self) -> u64 {
        let known = self.durations.iter().filter(|(took, _)| took.is_some());
        known.map(|(_, runs)| runs).sum()
    }
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
        }
    }

    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.add_filter(self.filter);
        conditions
    }

    /// The rows of the runs with short commands and of those with long ones. `select` makes a query of a
    /// condition.
    fn of_all_commands(select: impl Fn(&str) -> String) -> String {
        let (short, long) = (select(SHORT), select(&format!("NOT {SHORT}")));
        format!("(({short}) UNION ALL ({long}))")
    }

    fn cells(&self, session: &mut Session) -> Result<Vec<Cell>, Problem> {
        let conditions = self.conditions();
        let condition = conditions.joined();
        let counted = match self.by {
            Grouping::Command => Self::of_all_commands(|length| {
                format!(
                    "SELECT run.command AS name, run.outcome, run.duration_ms, count(*) AS runs, \
                     NULL::BIGINT AS last FROM execlog.execution_log AS run \
                     WHERE {condition} AND {length} \
                     GROUP BY run.duration_ms, run.command, run.outcome"
                )
            }),
            Grouping::Version => format!("({})", self.counted(&condition)),
        };
        Self::read_cells(session, &counted, &conditions)
    }

    /// The durations that may be up to a second too long.
    fn approximate(&self, session: &mut Session) -> Result<Vec<Cell>, Problem> {
        let mut conditions = self.conditions();
        conditions.add(OF_MAGELLAN);
        conditions.add("run.duration_ms IS NOT NULL");
        let counted = format!("({})", self.counted(&conditions.joined()));
        Self::read_cells(session, &counted, &conditions)
    }

    fn counted(&self, condition: &str) -> String {
        let name = self.name();
        format!(
            "SELECT {name} AS name, run.outcome, run.duration_ms, count(*) AS runs, \
             max(run.started_at) AS last FROM execlog.execution_log AS run \
             WHERE {condition} GROUP BY run.duration_ms, {name}, run.outcome"
        )
    }

    fn read_cells(
        session: &mut Session,
        counted: &str,
        conditions: &Conditions,
    ) -> Result<Vec<Cell>, Problem> {
        let sql = format!(
            "SELECT name, outcome, array_agg(duration_ms), array_agg(runs), max(last) \
             FROM {counted} AS counted GROUP BY name, outcome"
        );
        let rows = session.query(&sql, &conditions.values)?;
        rows.iter().map(Cell::read).collect()
    }

    fn add_durations(
        &self,
        session: &mut Session,
        cells: &[Cell],
        statistics: &mut Statistics,
    ) -> Result<(), Problem> {
        let approximate = by_group(&self.approximate(session)?);
        for (name, durations) in by_group(cells) {
            let group = statistics.group(&name);
            let approximate = approximate.get(&name);
            for (took, runs) in durations {
                let approximate = approximate.and_then(|durations| durations.get(&took));
                let approximate = approximate.copied().unwrap_or_default();
                if approximate > 0 {
                    group.add_approximate(took, approximate);
                }
                if runs > approximate {
                    group.add_durations(took, runs - approximate);
                }
            }
        }
        Ok(())
    }

    /// The number of settled runs of each group, which crashed.
    fn crashed(&self, session: &mut Session) -> Result<BTreeMap<String, u64>, Problem> {
        let conditions = self.conditions();
        let sql = format!(
            "SELECT {}, count(*) FROM execlog.execlog_context AS context \
             JOIN execlog.execution_log AS run ON run.execution_id = context.execution_id \
             AND floor(context.started_at_ms / 1000.0) = run.started_at \
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
        let (conditions, name) = (self.conditions(), self.name());
        let condition = conditions.joined();
        let select = |length: &str| {
            let sum = |column| format!("least(sum(run.{column}), {})::BIGINT", i64::MAX);
            format!(
                "SELECT {name}, {}, {}, {} FROM execlog.execution_log AS run \
                 WHERE (run.files_indexed > 0 OR run.symbols_indexed > 0) AND {length} \
                 AND run.duration_ms IS NOT NULL AND {condition} GROUP BY 1",
                sum("files_indexed"),
                sum("symbols_indexed"),
                sum("duration_ms")
            )
        };
        let sql = match self.by {
            Grouping::Command => Self::of_all_commands(select),
            Grouping::Version => select("TRUE"),
        };
        for row in session.query(&sql, &conditions.values)? {
            let indexed = Indexed {
                files: row.try_get(1)?,
                symbols: row.try_get(2)?,
                duration_ms: row.try_get(3)?,
            };
            let group = statistics.group(&group(row.try_get(0)?));
            group.add_indexed(indexed);
        }
        Ok(())
    }

    /// Adds the newest successes of each group. Reads no further back than to the last of them.
    fn add_newest(
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
        };
        for (cells, same) in [(named, same), (unnamed, "left(run.command, 256) IS NULL")] {
            if !cells.is_empty() {
                self.add_newest_of(session, &cells, same, statistics)?;
            }
        }
        Ok(())
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
        for row in session.query(&sql, &conditions.values)? {
            let success = Success {
                started_at: row.try_get(1)?,
                id: row.try_get(2)?,
                duration_ms: row.try_get(3)?,
            };
            statistics
                .group(&group(row.try_get(0)?))
                .add_success(success);
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

    fn slowest(&self, session: &mut Session, most: usize) -> Result<Vec<SlowRun>, Problem> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let mut conditions = self.conditions();
        let condition = conditions.joined();
        let most = conditions.place(Value::count(most));
        let slowest = Self::of_all_commands(|length| {
            format!(
                "SELECT run.id, run.execution_id, run.duration_ms FROM execlog.execution_log AS run \
                 WHERE run.duration_ms IS NOT NULL AND {length} AND {condition} \
                 ORDER BY run.duration_ms DESC, run.id DESC LIMIT {most}"
            )
        });
        let sql = format!(
            "SELECT id, execution_id, duration_ms FROM {slowest} AS run \
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

/// The number of runs of each group that took so many milliseconds.
fn by_group(cells: &[Cell]) -> BTreeMap<String, BTreeMap<i64, u64>> {
    let mut groups: BTreeMap<String, BTreeMap<i64, u64>> = BTreeMap::new();
    for cell in cells {
        let group = groups.entry(cell.group.clone()).or_default();
        for (took, runs) in &cell.durations {
            if let Some(took) = took {
                *group.entry(*took).or_default() += runs;
            }
        }
    }
    groups
}

/// The name of a group.
fn group(stored: Option<String>) -> String {
    unescaped(stored.unwrap_or_default())
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
