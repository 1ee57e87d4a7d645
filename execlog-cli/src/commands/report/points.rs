//! What the charts need of each run.

use crate::runs::fields::started_at_ms;
use execlog::{RunEntry, Status};
use std::collections::HashMap;

/// A run in a chart.
pub(super) struct Point {
    /// Milliseconds since 1970.
    pub(super) began: i64,
    pub(super) status: Status,
    /// The duration in milliseconds. `None` if the run has not ended.
    pub(super) took: Option<i64>,
    pub(super) execution_id: Box<str>,
    /// The place of its command in the list of commands.
    pub(super) command: usize,
    /// The places of its phases in the list of phases, and their time in microseconds.
    pub(super) phases: Box<[(usize, i64)]>,
}

/// Every run, in the order in which the runs were added.
#[derive(Default)]
pub(super) struct Points {
    pub(super) runs: Vec<Point>,
    pub(super) commands: Names,
    pub(super) phases: Names,
}

impl Points {
    pub(super) fn add(&mut self, run: &RunEntry) {
        let command = run.record.command().unwrap_or_default();
        let phases = run.context.iter().flat_map(|context| &context.phases);
        let phases = phases.map(|phase| (self.phases.place(&phase.name), phase.duration_us.max(0)));
        self.runs.push(Point {
            began: started_at_ms(run),
            status: run.status(),
            took: run.record.duration_ms.filter(|took| *took >= 0),
            execution_id: run.record.execution_id.as_str().into(),
            command: self.commands.place(&command),
            phases: phases.collect(),
        });
    }
}

/// Different names, each with its place.
#[derive(Default)]
pub(super) struct Names {
    places: HashMap<String, usize>,
    names: Vec<String>,
}

impl Names {
    fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.names.len();
        self.places.insert(name.to_owned(), place);
        self.names.push(name.to_owned());
        place
    }

    /// The name at a place.
    pub(super) fn name(&self, place: usize) -> &str {
        &self.names[place]
    }

    /// The place of a name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The places with the greatest sums, greatest first, at most so many.
    pub(super) fn greatest(
        &self,
        most: usize,
        parts: impl Iterator<Item = (usize, i64)>,
    ) -> Vec<usize> {
        let mut sums = vec![0_i64; self.names.len()];
        for (place, part) in parts {
            sums[place] = sums[place].saturating_add(part);
        }
        let mut places: Vec<_> = (0..sums.len()).filter(|place| sums[*place] > 0).collect();
        places.sort_by_key(|place| std::cmp::Reverse(sums[*place]));
        places.truncate(most);
        places
    }
}
