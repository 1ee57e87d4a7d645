//! How many runs of each group took how many milliseconds.

use super::super::conditions::Conditions;
use super::super::errors::Problem;
use super::super::session::Session;
use super::{Counting, group, number};
use crate::model::{Grouping, Statistics};
use std::collections::BTreeMap;
use tokio_postgres::Row;

/// The condition of the index of the runs whose ids magellan has made. The planner does not recognise a condition
/// with `=` as that of the index. The first condition is for speed: it excludes UUIDs.
const OF_MAGELLAN: &str = "run.execution_id NOT LIKE '%-%-%' AND run.started_at >= 0 \
     AND run.execution_id ~ '^[+]?[0-9a-fA-F]+-[+]?0*[0-9a-fA-F]{1,8}$' \
     AND ltrim(lower(ltrim(split_part(run.execution_id, '-', 1), '+')), '0') \
     IS NOT DISTINCT FROM ltrim(to_hex(run.started_at), '0')";

/// The planner expects thousands of groups, and would sort all durations for them, which takes as long as counting.
const WITHOUT_SORTING: &str = "SELECT set_config('enable_sort', 'off', TRUE) \
     WHERE current_setting('enable_sort', TRUE) IS NOT NULL";

const WITH_SORTING: &str = "SELECT set_config('enable_sort', 'on', TRUE) \
     WHERE current_setting('enable_sort', TRUE) IS NOT NULL";

/// The runs of a group with the same outcome.
pub(super) struct Cell {
    /// The name of the group as it is stored.
    pub(super) stored: Option<String>,
    pub(super) group: String,
    pub(super) outcome: String,
    /// Each duration in milliseconds with the number of runs that took as long.
    pub(super) durations: Vec<(Option<i64>, u64)>,
    /// A time after which none of them began, in seconds since 1970.
    pub(super) last: Option<i64>,
}

impl Cell {
    pub(super) fn read(row: &Row) -> Result<Self, Problem> {
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

    /// What no other cell of a query has.
    pub(super) fn key(&self) -> (Option<&str>, &str) {
        (self.stored.as_deref(), &self.outcome)
    }

    pub(super) fn runs(&self) -> u64 {
        self.durations.iter().map(|(_, runs)| runs).sum()
    }

    pub(super) fn has_durations(&self) -> bool {
        self.durations.iter().any(|(took, _)| took.is_some())
    }

    /// How many runs have a duration.
    pub(super) fn with_duration(&self) -> u64 {
        let known = self.durations.iter().filter(|(took, _)| took.is_some());
        known.map(|(_, runs)| runs).sum()
    }
}

impl Counting<'_> {
    pub(super) fn cells(&self, session: &mut Session) -> Result<Vec<Cell>, Problem> {
        let conditions = self.conditions();
        let condition = conditions.joined();
        if self.by != Grouping::Command {
            return Self::read_cells(session, &self.counted(&condition), &conditions);
        }
        let counted = Self::of_each_length(|length| {
            format!(
                "SELECT run.command AS name, run.outcome, run.duration_ms, count(*) AS runs, \
                 NULL::BIGINT AS last FROM execlog.execution_log AS run \
                 WHERE {condition} AND {length} \
                 GROUP BY run.duration_ms, run.command, run.outcome"
            )
        });
        session.query(WITHOUT_SORTING, &[])?;
        let mut cells = Vec::new();
        for counted in counted {
            cells.extend(Self::read_cells(session, &counted, &conditions)?);
        }
        session.query(WITH_SORTING, &[])?;
        Ok(cells)
    }

    /// The durations that may be up to a second too long.
    fn approximate(&self, session: &mut Session) -> Result<Vec<Cell>, Problem> {
        let mut conditions = self.conditions();
        conditions.add(OF_MAGELLAN);
        conditions.add("run.duration_ms IS NOT NULL");
        if self.by.needs_context() {
            conditions.add("context.process_id IS NULL");
        }
        let counted = self.counted(&conditions.joined());
        Self::read_cells(session, &counted, &conditions)
    }

    fn counted(&self, condition: &str) -> String {
        let (name, runs) = (self.name(), self.runs());
        format!(
            "SELECT {name} AS name, run.outcome, run.duration_ms, count(*) AS runs, \
             max(run.started_at) AS last FROM {runs} \
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
             FROM ({counted}) AS counted GROUP BY name, outcome"
        );
        let rows = session.query(&sql, &conditions.values)?;
        rows.iter().map(Cell::read).collect()
    }

    pub(super) fn add_durations(
        &self,
        session: &mut Session,
        cells: &[Cell],
        statistics: &mut Statistics,
    ) -> Result<(), Problem> {
        let approximate = self.approximate(session)?;
        let approximate: BTreeMap<_, _> = approximate
            .iter()
            .map(|cell| {
                (
                    cell.key(),
                    cell.durations.iter().copied().collect::<BTreeMap<_, _>>(),
                )
            })
            .collect();
        for cell in cells.iter().filter(|cell| cell.has_durations()) {
            let group = statistics.group(&cell.group);
            let approximate = approximate.get(&cell.key());
            for (took, runs) in &cell.durations {
                let Some(duration_ms) = *took else { continue };
                let approximate = approximate.and_then(|durations| durations.get(took));
                let approximate = approximate.copied().unwrap_or_default();
                if approximate > 0 {
                    group.add_approximate(duration_ms, approximate);
                }
                if *runs > approximate {
                    group.add_durations(duration_ms, runs - approximate);
                }
            }
        }
        Ok(())
    }
}
