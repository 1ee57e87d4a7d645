//! The figures of all runs and of each group.

use super::By;
use super::costs::Costs;
use super::percentile::percentile;
use super::regression::Measure;
use super::sample::Sample;
use super::slowest::Slowest;
use super::trend::Trend;
use crate::runs::statuses::STATUSES;
use execlog::{GroupStatistics, Statistics, Status};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The figures of the selected runs.
pub(super) struct Figures {
    pub(super) all: Group,
    /// By name.
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) slowest: Slowest,
    /// The names of the logs.
    logs: Vec<String>,
    /// The runs from this time on are compared with older ones.
    pub(super) against: Option<Timestamp>,
    /// What regressions are sought in, if any.
    measure: Option<Measure>,
}

/// The durations that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    All,
    /// Where a group has exact durations, those that may be up to a second too long are left out.
    Exact,
}

/// The figures of a group of runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    pub(super) runs: u64,
    statuses: [u64; STATUSES.len()],
    /// The durations of runs that ended, in milliseconds. Sorted by `sort`.
    pub(super) durations: Vec<i64>,
    /// Those that may be up to a second too long. `sort` adds them to the others, or leaves them out.
    approximate: Vec<i64>,
    /// Whether they are among the durations.
    pub(super) is_approximate: bool,
    trend: Trend,
    /// The runs that succeeded, if regressions are sought. Sorted by `sort`.
    measured: Vec<Measured>,
    pub(super) costs: Costs,
    files: i64,
    symbols: i64,
    /// The total duration of the runs that indexed files or symbols, in milliseconds.
    indexing: i64,
    pub(super) first: Option<i64>,
    pub(super) last: Option<i64>,
    /// With `--against`: the runs from that time on, and the runs before.
    pub(super) sides: Option<Box<[Group; 2]>>,
}

/// A run that succeeded.
#[derive(Debug, Clone, Copy)]
struct Measured {
    /// In seconds since 1970.
    began: i64,
    /// In milliseconds or bytes.
    value: i64,
    is_approximate: bool,
}

impl Figures {
    pub(super) fn new(
        logs: Vec<String>,
        slowest: usize,
        against: Option<Timestamp>,
        measure: Option<Measure>,
    ) -> Self {
        Self {
            all: Group::default(),
            groups: BTreeMap::new(),
            slowest: Slowest::new(slowest),
            logs,
            against,
            measure,
        }
    }

    /// The figures of the only log, as it has counted its runs.
    pub(super) fn of(log: String, counted: Statistics) -> Self {
        let all = Group {
            first: counted.first,
            last: counted.last,
            ..Group::of(&counted.all())
        };
        let groups = counted.groups.iter();
        Self {
            all,
            groups: groups
                .map(|(name, group)| (name.clone(), Group::of(group)))
                .collect(),
            slowest: Slowest::of(counted.slowest),
            logs: vec![log],
            against: None,
            measure: None,
        }
    }

    /// Adds a run. Runs are added in the order in which the log has them.
    pub(super) fn add(&mut self, run: &Sample, by: By, zone: &TimeZone) {
        let against = self.against.map(Timestamp::as_millisecond);
        self.all.add(run, against, None);
        if by == By::Phase {
            let phases = run.context.iter().flat_map(|context| &context.phases);
            for phase in phases {
                let took = rounded_to_millis(phase.duration_us);
                self.in_group(&phase.name, |group| group.add_phase(run, took, against));
            }
        } else {
            let measure = self.measure;
            let name = match by {
                By::Log => self.logs[run.log].clone().into(),
                by => name(run, by, zone),
            };
            self.in_group(&name, |group| group.add(run, against, measure));
        }
        self.slowest.add(run);
    }

    fn in_group(&mut self, name: &str, add: impl FnOnce(&mut Group)) {
        match self.groups.get_mut(name) {
            Some(group) => add(group),
            None => add(self.groups.entry(name.to_owned()).or_default()),
        }
    }

    /// The measure of the successful runs of each group that can be compared, newest last.
    pub(super) fn measured(&self, compared: Compared) -> impl Iterator<Item = (&String, Vec<i64>)> {
        let groups = self.groups.iter();
        groups.map(move |(name, group)| (name, group.compared(compared)))
    }

    /// Sorts the durations, once all runs are added.
    pub(super) fn sorted(mut self, compared: Compared) -> Self {
        self.all.sort(compared);
        for group in self.groups.values_mut() {
            group.sort(compared);
        }
        self
    }

    /// Whether a group has durations on both sides of `--against`.
    pub(super) fn has_comparison(&self) -> bool {
        let mut sides = self
            .groups
            .values()
            .filter_map(|group| group.sides.as_ref());
        sides.any(|sides| sides.iter().all(|side| side.median().is_some()))
    }

    /// How many durations are left out of the comparison.
    pub(super) fn left_out(&self) -> usize {
        let sides = self
            .groups
            .values()
            .filter_map(|group| group.sides.as_ref());
        let sides = sides.flat_map(|sides| sides.iter());
        let sides = sides.filter(|side| !side.is_approximate);
        sides.map(|side| side.approximate.len()).sum()
    }
}

impl Group {
    /// The figures of a group whose runs were counted.
    fn of(counted: &GroupStatistics) -> Self {
        let mut trend = Trend::default();
        for (place, took) in (0..).zip(counted.newest_durations()) {
            trend.add(place, took);
        }
        Self {
            runs: counted.runs(),
            statuses: STATUSES.map(|status| counted.with_status(status)),
            durations: repeated(counted.durations()),
            approximate: repeated(counted.approximate_durations()),
            trend,
            files: counted.files_indexed(),
            symbols: counted.symbols_indexed(),
            indexing: counted.indexing_ms(),
            ..Self::default()
        }
    }

    fn add(&mut self, sample: &Sample, against: Option<i64>, measure: Option<Measure>) {
        if let Some(side) = self.side(sample, against) {
            side.add(sample, None, None);
        }
        let run = &sample.run;
        self.count(sample, run.duration_ms, sample.is_approximate);
        if let Some(context) = &sample.context {
            self.costs.add(context);
        }
        if run.status() == Status::Success
            && let Some(measure) = measure
            && let Some(value) = sample.measured(measure)
        {
            self.measured.push(Measured {
                began: run.started_at,
                value,
                is_approximate: measure == Measure::Duration && sample.is_approximate,
            });
        }
        let Some(took) = run.duration_ms else {
            return;
        };
        let (files, symbols) = (run.files_indexed, run.symbols_indexed);
        if files > 0 || symbols > 0 {
            self.files = self.files.saturating_add(files);
            self.symbols = self.symbols.saturating_add(symbols);
            self.indexing = self.indexing.saturating_add(took);
        }
    }

    /// Adds a phase of a run, in milliseconds.
    fn add_phase(&mut self, run: &Sample, took: i64, against: Option<i64>) {
        if let Some(side) = self.side(run, against) {
            side.add_phase(run, took, None);
        }
        self.count(run, Some(took), false);
    }

    /// The side of `--against` that the run is on.
    fn side(&mut self, run: &Sample, against: Option<i64>) -> Option<&mut Self> {
        let side = usize::from(run.started_at_ms() < against?);
        Some(&mut self.sides.get_or_insert_default()[side])
    }

    /// Counts a run that took this long, or whose phase did.
    fn count(&mut self, run: &Sample, took: Option<i64>, is_approximate: bool) {
        self.runs += 1;
        let status = run.run.status();
        if let Some(place) = STATUSES.iter().position(|known| *known == status) {
            self.statuses[place] += 1;
        }
        let began = run.run.started_at;
        self.first = Some(self.first.map_or(began, |first| first.min(began)));
        self.last = Some(self.last.map_or(began, |last| last.max(began)));
        let Some(took) = took else {
            return;
        };
        if is_approximate {
            self.approximate.push(took);
        } else {
            self.durations.push(took);
        }
        if status == Status::Success {
            self.trend.add(began, took);
        }
    }

    /// The measures of the successful runs that can be compared.
    fn compared(&self, compared: Compared) -> Vec<i64> {
        let is_exact = |run: &&Measured| !run.is_approximate;
        let all = compared == Compared::All || !self.measured.iter().any(|run| is_exact(&run));
        let runs = self.measured.iter().filter(|run| all || is_exact(run));
        runs.map(|run| run.value).collect()
    }

    fn sort(&mut self, compared: Compared) {
        self.sort_durations(Compared::All);
        self.measured.sort_by_key(|run| run.began);
        self.costs.sort();
        if let Some(sides) = &mut self.sides {
            let has_exact = sides.iter().any(|side| !side.durations.is_empty());
            let compared = if has_exact { compared } else { Compared::All };
            for side in sides.iter_mut() {
                side.sort_durations(compared);
                side.costs.sort();
            }
        }
    }

    fn sort_durations(&mut self, compared: Compared) {
        if compared == Compared::All {
            self.is_approximate = !self.approximate.is_empty();
            self.durations.extend_from_slice(&self.approximate);
        }
        self.durations.sort_unstable();
    }

    /// How many durations may be up to a second too long.
    pub(super) fn approximate(&self) -> usize {
        self.approximate.len()
    }

    pub(super) fn with_status(&self, status: Status) -> u64 {
        let place = STATUSES.iter().position(|known| *known == status);
        place.map_or(0, |place| self.statuses[place])
    }

    /// The proportion of successful runs among the runs that ended.
    pub(super) fn success_rate(&self) -> Option<f64> {
        let open = [Status::Running, Status::Unknown];
        let open: u64 = open.map(|status| self.with_status(status)).iter().sum();
        ratio(self.with_status(Status::Success), self.runs - open)
    }

    /// The given percentile of the durations, in milliseconds.
    pub(super) fn percentile(&self, percent: usize) -> Option<i64> {
        percentile(&self.durations, percent)
    }

    /// The median duration, in milliseconds.
    pub(super) fn median(&self) -> Option<i64> {
        self.percentile(50)
    }

    pub(super) fn max(&self) -> Option<i64> {
        self.durations.last().copied()
    }

    pub(super) fn files_per_second(&self) -> Option<f64> {
        self.per_second(self.files)
    }

    pub(super) fn symbols_per_second(&self) -> Option<f64> {
        self.per_second(self.symbols)
    }

    fn per_second(&self, count: i64) -> Option<f64> {
        let per_millisecond = ratio(
            u64::try_from(count).ok()?,
            u64::try_from(self.indexing).ok()?,
        );
        per_millisecond.map(|rate| rate * 1000.0)
    }

    /// The newest durations of successful runs, oldest first.
    pub(super) fn trend(&self) -> Vec<i64> {
        self.trend.durations()
    }
}

#[allow(clippy::cast_precision_loss, reason = "a few digits are shown")]
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Each value as often as its number says.
fn repeated(counted: impl Iterator<Item = (i64, u64)>) -> Vec<i64> {
    let repeated = counted.flat_map(|(value, times)| {
        let times = usize::try_from(times).unwrap_or(usize::MAX);
        std::iter::repeat_n(value, times)
    });
    repeated.collect()
}

fn rounded_to_millis(micros: i64) -> i64 {
    micros.saturating_add(500).div_euclid(1000)
}

/// The name of the group of a run, by what is stored of it.
fn name<'run>(run: &'run Sample, by: By, zone: &TimeZone) -> Cow<'run, str> {
    match by {
        By::Command => run.run.command().unwrap_or_default().into(),
        By::Version => run.run.tool_version().into(),
        By::Host => {
            let context = run.context.as_deref();
            let host = context.and_then(|context| context.host.as_deref());
            host.unwrap_or_default().into()
        }
        By::Day => match Timestamp::from_second(run.run.started_at) {
            Ok(time) => time.to_zoned(zone.clone()).date().to_string().into(),
            Err(_) => "".into(),
        },
        // The groups of a run are those of its phases, or it is that of its log.
        By::Phase | By::Log => "".into(),
    }
}
