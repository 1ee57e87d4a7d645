//! Checks the runs of an export against the seals that follow them.
//!
//! Each run is compared with its newest seal, which comes later. So only the places of the lines are kept,
//! 24 bytes a run, and the lines are read again at the end.

use super::again::{Again, Lines};
use crate::commands::export_line::{End, ExportLine};
use crate::output::messages;
use execlog::{Seal, SealEvent, StoredRun};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Where the lines of a run are.
struct Place {
    number: i64,
    run: u64,
    /// Where its newest seal is, or [`NONE`].
    seal: u64,
}

const NONE: u64 = u64::MAX;

/// Where the seals are.
#[derive(Clone, Copy)]
struct Seals {
    first: u64,
    count: u64,
}

/// The check of an export, or of several, one after the other.
pub(super) struct SealsCheck {
    run_lines: Again,
    seal_lines: Again,
    /// The runs since the last checkpoint, by number.
    runs: Vec<Place>,
    seals: Option<Seals>,
    matching: usize,
    unsealed: usize,
    /// What is wrong with the runs and seals since it was last taken.
    problems: Vec<String>,
    notes: Vec<String>,
}

impl SealsCheck {
    /// The check of an export that is read from this file, or else from a pipe.
    pub(super) fn new(file: Option<&Path>) -> Self {
        Self {
            run_lines: Again::new(file),
            seal_lines: Again::new(file),
            runs: Vec::new(),
            seals: None,
            matching: 0,
            unsealed: 0,
            problems: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds a run, whose line is at this place of the export.
    pub(super) fn run(&mut self, number: i64, line: &[u8], place: u64) {
        // Runs are sorted by number: here another export begins, and the one before has no seals.
        if self.runs.last().is_some_and(|last| last.number >= number) {
            self.unsealed += self.runs.len();
            self.runs.clear();
        }
        let run = self.run_lines.keep(line, place);
        let seal = NONE;
        self.runs.push(Place { number, run, seal });
    }

    /// Adds a seal.
    pub(super) fn seal(&mut self, line: &[u8], place: u64) {
        let first = self.seal_lines.keep(line, place);
        let seals = self.seals.get_or_insert(Seals { first, count: 0 });
        seals.count += 1;
    }

    /// Checks the runs and seals since the last checkpoint, and returns what is wrong.
    pub(super) fn end(&mut self, end: Option<&End>) -> io::Result<Vec<String>> {
        if let Some(seals) = self.seals.take() {
            self.compare(seals, end)?;
        } else {
            self.unsealed += self.runs.len();
            if let Some(end) = end.filter(|end| end.checkpoint.size > 0) {
                let size = end.checkpoint.size;
                let problem = format!("the {size} seals of the checkpoint are missing");
                self.problems.push(problem);
            }
        }
        self.runs.clear();
        self.run_lines.forget()?;
        self.seal_lines.forget()?;
        Ok(std::mem::take(&mut self.problems))
    }

    /// What was checked, for people. Empty if there were no seals.
    pub(super) fn notes(self) -> Vec<String> {
        let mut notes = self.notes;
        if self.matching > 0 {
            let unsealed = match self.unsealed {
                0 => String::new(),
                unsealed => format!(", {unsealed} without one"),
            };
            notes.push(format!(
                "checked against their seals: {}{unsealed}",
                messages::runs(self.matching)
            ));
        }
        notes
    }

    fn compare(&mut self, seals: Seals, end: Option<&End>) -> io::Result<()> {
        let before = end.map_or(u64::MAX, |end| end.seals_before);
        let newest = end.map(|end| end.checkpoint.size);
        // Seals of runs that changed while they were exported. A host of a key-value store that was killed
        // leaves its newest seal, but not the change.
        let mut later = BTreeMap::<i64, Vec<Seal>>::new();
        // The newest seals of runs that are not in the export.
        let mut missing = BTreeMap::<i64, Seal>::new();
        let mut last = None::<Seal>;
        let lines = self.seal_lines.lines()?;
        for seal in SealLines::new(lines, seals) {
            let (seal, place) = seal?;
            match last.map(|last| last.sequence.saturating_add(1)) {
                Some(next) if next != seal.sequence => self
                    .problems
                    .push(format!("seal {next} is missing, or not in its place")),
                _ => {}
            }
            last = Some(seal);
            let is_open = seal.sequence > before || Some(seal.sequence) == newest;
            match self.runs.binary_search_by_key(&seal.run, |run| run.number) {
                Ok(_) if is_open => later.entry(seal.run).or_default().push(seal),
                Ok(run) => self.runs[run].seal = place,
                Err(_) if seal.event == SealEvent::Removed => {
                    missing.remove(&seal.run);
                }
                Err(_) if is_open => {}
                Err(_) => {
                    missing.insert(seal.run, seal);
                }
            }
        }
        match end {
            Some(end) => self.check_root(seals, last, end)?,
            None => self.problems.push(
                "the checkpoint after the seals is missing: the export was cut off".to_owned(),
            ),
        }
        for (
            number,
            Seal {
                sequence, event, ..
            },
        ) in missing
        {
            let event = event.as_str();
            self.problems.push(format!(
                "run {number} is missing: its newest seal is {sequence}, `{event}`"
            ));
        }
        self.compare_runs(&later, before)
    }

    /// Checks the seals against the checkpoint.
    fn check_root(&mut self, seals: Seals, last: Option<Seal>, end: &End) -> io::Result<()> {
        let size = end.checkpoint.size;
        let last = last.map_or(0, |last| last.sequence);
        if last != size {
            self.problems.push(format!(
                "the checkpoint is of {size} seals, and the last seal is {last}"
            ));
        } else if seals.count < size {
            let dropped = size - seals.count;
            self.notes.push(format!(
                "the first {dropped} seals were dropped by pruning: the others cannot be compared with the \
                 checkpoint"
            ));
        } else {
            let seals = SealLines::new(self.seal_lines.lines()?, seals);
            let digests = seals.map_while(Result::ok).map(|(seal, _)| seal.digest);
            if !end.checkpoint.is_of(digests) {
                self.problems
                    .push("the seals are not those of the checkpoint: one was changed".to_owned());
            }
        }
        Ok(())
    }

    fn compare_runs(&mut self, later: &BTreeMap<i64, Vec<Seal>>, before: u64) -> io::Result<()> {
        let (mut runs, mut seals) = (self.run_lines.lines()?, self.seal_lines.lines()?);
        for Place { number, run, seal } in &self.runs {
            let later = later.get(number).map(Vec::as_slice).unwrap_or_default();
            if *seal == NONE && later.is_empty() {
                self.unsealed += 1;
                continue;
            }
            let Ok(ExportLine::Run(run)) = ExportLine::read(runs.at(*run)?) else {
                return Err(io::Error::other("a line was changed while it was read"));
            };
            let newest = match *seal {
                NONE => None,
                seal => sealed(seals.at(seal)?),
            };
            let is_of = |seal: &Seal| seal.is_of(Some(&run));
            if newest.as_ref().is_some_and(is_of) || later.iter().any(is_of) {
                self.matching += 1;
                if let [open] = later
                    && open.sequence <= before
                    && !is_of(open)
                {
                    self.notes.push(format!(
                        "run {number} is as it was before seal {}: the program that wrote it may have been \
                         killed",
                        open.sequence
                    ));
                }
            } else if newest.is_some_and(|seal| seal.is_of_begun(&run)) {
                self.unsealed += 1;
            } else if let Some(seal) = later.last().or(newest.as_ref()) {
                self.problems.push(problem(&run, seal));
            }
        }
        Ok(())
    }
}

fn problem(run: &StoredRun, seal: &Seal) -> String {
    let (number, id, seal, event) = (
        run.record.id,
        &run.record.execution_id,
        seal.sequence,
        seal.event,
    );
    if event == SealEvent::Removed {
        format!("run {number}, `{id}`, was put back: seal {seal} says that it was removed")
    } else {
        format!("run {number}, `{id}`, was changed since seal {seal}, or the seal was")
    }
}

/// The seal on a line.
fn sealed(line: &[u8]) -> Option<Seal> {
    match ExportLine::read(line) {
        Ok(ExportLine::Seal(seal)) => Some(seal),
        _ => None,
    }
}

/// The seals of an export with the places of their lines.
struct SealLines {
    lines: Lines,
    place: u64,
    left: u64,
}

impl SealLines {
    fn new(lines: Lines, Seals { first, count }: Seals) -> Self {
        Self {
            lines,
            place: first,
            left: count,
        }
    }
}

impl Iterator for SealLines {
    type Item = io::Result<(Seal, u64)>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.left > 0 {
            let place = self.place;
            let line = match self.lines.at(place) {
                Ok(line) => line,
                Err(error) => {
                    self.left = 0;
                    return Some(Err(error));
                }
            };
            self.place += line.len() as u64;
            if line.is_empty() {
                self.left = 0;
                return Some(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            if let Some(seal) = sealed(line) {
                self.left -= 1;
                return Some(Ok((seal, place)));
            }
        }
        None
    }
}
