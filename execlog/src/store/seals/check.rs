//! Whether the runs are as they were sealed.

use super::finding::acceptable;
use super::journal::StoredSeal;
use super::undo::{changed_fields, is_nearly};
use crate::model::StoredRun;
use crate::seal::{Digest, Seal, SealEvent, as_begun};
use crate::store::report::{Finding, VerifyReport};

/// How many changed runs are compared at most with each other, to find runs whose numbers were swapped.
const COMPARED: usize = 64;

/// Compares runs with their seals.
#[derive(Default)]
pub(in crate::store) struct RunsCheck {
    /// The runs that are not as their newest seal says.
    changed: Vec<Changed>,
    findings: Vec<Finding>,
    /// The numbers of the runs that lack a seal, or whose end does.
    unsealed: Vec<i64>,
    /// The numbers whose newest seal is contradicted.
    contradicted: Vec<i64>,
}

/// What a log has under a number.
#[derive(Clone, Copy)]
pub(in crate::store) enum Under<'a> {
    Nothing,
    /// A run that cannot be read, which is reported elsewhere.
    Unreadable,
    Run(&'a StoredRun),
}

impl<'a> Under<'a> {
    pub(in crate::store) fn run(self) -> Option<&'a StoredRun> {
        match self {
            Self::Run(run) => Some(run),
            Self::Nothing | Self::Unreadable => None,
        }
    }
}

/// What becomes of the runs that contradict their seals when the others are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Contradictions {
    /// They stay, to be found.
    Stay,
    /// The user has accepted them.
    AreSealed,
}

struct Changed {
    seal: Seal,
    run: StoredRun,
    problem: String,
}

impl RunsCheck {
    /// Compares what is under a number of the log with its seals, oldest first.
    pub(in crate::store) fn add(&mut self, number: i64, run: Under<'_>, seals: &[StoredSeal]) {
        let newest = match seals.last() {
            None => {
                if !matches!(run, Under::Nothing) {
                    self.unsealed.push(number);
                }
                return;
            }
            // Reported with the journal.
            Some(StoredSeal::Damaged { .. }) => return,
            Some(StoredSeal::Whole(newest)) => newest,
        };
        let had = (self.findings.len(), self.changed.len());
        self.compare(number, run, newest, seals);
        if had != (self.findings.len(), self.changed.len()) {
            self.contradicted.push(number);
        }
    }

    fn compare(&mut self, number: i64, run: Under<'_>, newest: &Seal, seals: &[StoredSeal]) {
        match run {
            Under::Unreadable => {}
            Under::Nothing if newest.event == SealEvent::Removed => {
                if !newest.is_of(None) {
                    let problem = "the seal of its removal was changed or is damaged".to_owned();
                    self.report(number, problem);
                }
            }
            Under::Nothing => {
                let problem = format!(
                    "the run is missing: seal {} says that it {}, and no seal says that it was removed",
                    newest.sequence,
                    said(newest.event)
                );
                self.report(number, problem);
            }
            Under::Run(_) if newest.event == SealEvent::Removed => {
                let problem = format!(
                    "the run was put back: seal {} says that it was removed",
                    newest.sequence
                );
                self.report(number, problem);
            }
            Under::Run(run) if newest.is_of(Some(run)) => {}
            Under::Run(run) if newest.is_of_begun(run) => {
                self.unsealed.push(number);
            }
            Under::Run(run) => {
                let problem = why(newest, run, seals);
                if self.changed.len() < COMPARED {
                    self.changed.push(Changed {
                        problem,
                        seal: *newest,
                        run: run.clone(),
                    });
                } else {
                    self.report(number, problem);
                }
            }
        }
    }

    fn report(&mut self, number: i64, problem: String) {
        self.findings.push(acceptable(name(number), problem));
    }

    /// The numbers that need a seal: of what the log has under them, or of a removal.
    pub(in crate::store) fn numbers_to_seal(self, contradictions: Contradictions) -> Vec<i64> {
        let mut numbers = self.unsealed;
        if contradictions == Contradictions::AreSealed {
            numbers.extend(self.contradicted);
        }
        numbers
    }

    /// The numbers whose newest seal is contradicted.
    #[cfg(feature = "postgres")]
    pub(in crate::store) fn contradictions(self) -> Vec<i64> {
        self.contradicted
    }

    /// Reports what was found.
    pub(in crate::store) fn finish(mut self, verified: &mut VerifyReport) {
        let moved: Vec<Option<i64>> = self.changed.iter().map(|one| self.other_of(one)).collect();
        for (changed, moved) in std::mem::take(&mut self.changed).into_iter().zip(moved) {
            let problem = match moved {
                Some(other) => format!(
                    "the run has another number: seal {} is of the run that has number {other} now",
                    changed.seal.sequence
                ),
                None => changed.problem,
            };
            self.report(changed.seal.run, problem);
        }
        verified.findings.append(&mut self.findings);
        verified.unsealed = self.unsealed;
    }

    /// The number under which the run of this seal is now, if another changed run is it.
    fn other_of(&self, changed: &Changed) -> Option<i64> {
        let seal = &changed.seal;
        let others = self
            .changed
            .iter()
            .filter(|other| other.seal.run != seal.run);
        let mut others = others.filter(|other| {
            let mut run = other.run.clone();
            run.record.id = seal.run;
            seal.is_of(Some(&run))
        });
        others.next().map(|other| other.seal.run)
    }
}

/// Why a run is not as its newest seal says.
fn why(newest: &Seal, run: &StoredRun, seals: &[StoredSeal]) -> String {
    let seal = newest.sequence;
    if is_nearly(newest, Some(run)) {
        return format!("seal {seal} of the run is damaged");
    }
    if let Some(fields) = changed_fields(newest, run) {
        return format!("the run was changed since seal {seal}: {fields}");
    }
    let began = seals.iter().find_map(|seal| match seal {
        StoredSeal::Whole(seal) if seal.event == SealEvent::Began => Some(seal),
        _ => None,
    });
    let is_begun = began.filter(|_| newest.event != SealEvent::Began);
    match is_begun
        .map(|began| Digest::of(began.event, began.run, Some(&as_begun(run))) == began.digest)
    {
        Some(true) => format!(
            "the run was changed since seal {seal}: in what its end wrote, such as outcome, error_message, \
             duration or counts"
        ),
        Some(false) => format!(
            "the run was changed since seal {seal}: in what its begin wrote, such as arguments, root, \
             version or start"
        ),
        None => format!("the run was changed since seal {seal}, or the seal was"),
    }
}

fn said(event: SealEvent) -> &'static str {
    match event {
        SealEvent::Began => "began",
        SealEvent::Ended => "ended",
        SealEvent::Settled => "was settled",
        SealEvent::Pinned => "was pinned or unpinned",
        SealEvent::Removed => "was removed",
        SealEvent::Imported => "was imported",
        SealEvent::Adopted => "was found",
    }
}

/// The key of a run in findings.
fn name(number: i64) -> String {
    format!("run {number}")
}
