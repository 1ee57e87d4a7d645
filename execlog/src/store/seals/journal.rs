//! What a journal has, and whether it is whole.

use super::finding::acceptable;
use crate::error::{Error, Result};
use crate::seal::{Checkpoint, Digest, Seal, SealEvent, Tree};
use crate::store::Target;
use crate::store::report::{Finding, VerifyReport};
use crate::store::verify::finding;

/// What a log is compared with while it is verified.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verification {
    /// What the log was at some time.
    pub(crate) checkpoint: Option<Checkpoint>,
}

/// What a journal says of itself.
#[derive(Debug)]
pub(in crate::store) struct Journal {
    pub(in crate::store) log_id: String,
    /// The place of the newest seal, or 0.
    pub(in crate::store) last: u64,
    /// The tree over the seals that pruning has dropped, or `None` if it cannot be read.
    pub(in crate::store) dropped: Option<Tree>,
}

impl Journal {
    /// The id of the log, and the tree over the seals that pruning has dropped.
    pub(in crate::store) fn into_left_edge(self) -> Result<(String, Tree)> {
        let dropped = self.dropped.ok_or_else(|| Error::Corrupt {
            key: "the journal of seals".to_owned(),
            reason: "what pruning has left of the oldest seals cannot be read".to_owned(),
        })?;
        Ok((self.log_id, dropped))
    }

    /// How many seals pruning has dropped.
    pub(in crate::store) fn dropped(&self) -> u64 {
        self.dropped.as_ref().map_or(0, Tree::size)
    }
}

/// The journal of a store.
pub(crate) trait JournalStore {
    /// What the log is now. `None` if it has no seals.
    fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        Ok(None)
    }

    /// The seals after this place, in order, at most `limit`. Those that pruning has dropped are left out.
    fn seals_after(&self, _place: u64, _limit: usize) -> Result<Vec<Seal>> {
        Ok(Vec::new())
    }

    /// The id of the log, and the tree over the seals that pruning has dropped. `None` if it has no journal.
    fn dropped_seals(&self) -> Result<Option<(String, Tree)>> {
        Ok(None)
    }

    /// The place of the newest seal that was shipped to this target. `None` if nothing was.
    fn shipped(&self, _target: &str) -> Result<Option<u64>> {
        Ok(None)
    }

    /// Notes the place of the newest seal that was shipped to this target.
    fn set_shipped(&self, _target: &str, _sequence: u64) -> Result<()> {
        Ok(())
    }

    /// The place of the newest seal that every target has. `None` if nothing was shipped yet.
    fn shipped_everywhere(&self) -> Result<Option<u64>> {
        Ok(None)
    }

    /// The store as a target for other logs.
    fn as_target(&self) -> Option<&(dyn Target + Sync)> {
        None
    }
}

/// A seal as it was read.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) enum StoredSeal {
    Whole(Seal),
    /// The seal contradicts its checksum, or cannot be read.
    Damaged {
        sequence: u64,
        run: Option<i64>,
    },
}

impl StoredSeal {
    pub(in crate::store) fn checked(
        sequence: u64,
        run: i64,
        event: i64,
        digest: &[u8],
        checksum: i64,
    ) -> Self {
        let is_right = Seal::checksum(run, event, digest) == checksum;
        let digest = digest.try_into().ok().filter(|_| is_right).map(Digest);
        match (SealEvent::of_code(event), digest) {
            (Some(event), Some(digest)) => Self::Whole(Seal {
                sequence,
                run,
                event,
                digest,
            }),
            _ => Self::Damaged {
                sequence,
                run: Some(run),
            },
        }
    }

    /// The seal, or an error that names it if it is damaged.
    pub(in crate::store) fn whole(self) -> Result<Seal> {
        match self {
            Self::Whole(seal) => Ok(seal),
            Self::Damaged { sequence, .. } => Err(Error::Corrupt {
                key: name(sequence),
                reason: "the seal was changed or is damaged".to_owned(),
            }),
        }
    }

    pub(in crate::store) fn sequence(&self) -> u64 {
        match self {
            Self::Whole(seal) => seal.sequence,
            Self::Damaged { sequence, .. } => *sequence,
        }
    }

    /// The number of the run, if it can be read.
    pub(in crate::store) fn run(&self) -> Option<i64> {
        match self {
            Self::Whole(seal) => Some(seal.run),
            Self::Damaged { run, .. } => *run,
        }
    }
}

/// The root over the seals of a whole journal.
pub(in crate::store) fn checkpoint(
    journal: &Journal,
    seals: impl Iterator<Item = Result<StoredSeal>>,
) -> Result<Checkpoint> {
    let unreadable = |reason: String| Error::Corrupt {
        key: "the journal of seals".to_owned(),
        reason,
    };
    let tree = journal.dropped.clone();
    let mut tree = tree.ok_or_else(|| unreadable("its row is damaged".to_owned()))?;
    for seal in seals {
        let seal = seal?.whole()?;
        if seal.sequence != tree.size() + 1 {
            return Err(unreadable(format!("{} is missing", name(tree.size() + 1))));
        }
        tree.push(seal.digest);
    }
    if tree.size() < journal.last {
        return Err(unreadable(format!("{} is missing", name(tree.size() + 1))));
    }
    Ok(Checkpoint::new(&journal.log_id, tree.size(), tree.root()))
}

/// Reports a log without a journal, if it is held to a checkpoint.
pub(in crate::store) fn check_without_journal(
    verification: &Verification,
    verified: &mut VerifyReport,
) {
    let finding = verification.checkpoint.as_ref().map(|checkpoint| {
        let problem = format!(
            "the checkpoint is of {} seals of `{}`, and the log has no seals: they were removed, or this is \
             another log",
            checkpoint.size, checkpoint.origin
        );
        finding("the checkpoint", problem)
    });
    verified.findings.extend(finding);
}

/// Reads the seals by place: whether one is missing or damaged, and what the root was at a checkpoint.
pub(in crate::store) struct JournalCheck<'a> {
    journal: &'a Journal,
    checkpoint: Option<&'a Checkpoint>,
    /// `None` once a seal could not be read.
    tree: Option<Tree>,
    /// The next place.
    next: u64,
    /// The root when the tree was as large as the checkpoint.
    root: Option<Digest>,
    findings: Vec<Finding>,
}

impl<'a> JournalCheck<'a> {
    pub(in crate::store) fn new(journal: &'a Journal, verification: &'a Verification) -> Self {
        let mut findings = Vec::new();
        if journal.dropped.is_none() {
            let problem = "what pruning has left of the oldest seals cannot be read";
            findings.push(acceptable("the journal of seals", problem));
        }
        let mut check = Self {
            journal,
            checkpoint: verification.checkpoint.as_ref(),
            tree: journal.dropped.clone(),
            next: journal.dropped() + 1,
            root: None,
            findings,
        };
        check.note_root();
        check
    }

    /// Adds the next seal.
    pub(in crate::store) fn add(&mut self, seal: &StoredSeal) {
        self.missing_before(seal.sequence());
        match seal {
            StoredSeal::Whole(seal) => {
                if let Some(tree) = self.tree.as_mut().filter(|_| self.checkpoint.is_some()) {
                    tree.push(seal.digest);
                }
            }
            StoredSeal::Damaged { sequence, run } => {
                self.tree = None;
                let of = run.map_or_else(String::new, |run| format!(" of run {run}"));
                let problem = format!("the seal{of} was changed or is damaged");
                self.findings.push(acceptable(name(*sequence), problem));
            }
        }
        self.next = seal.sequence().saturating_add(1);
        self.note_root();
    }

    fn missing_before(&mut self, sequence: u64) {
        if sequence > self.next {
            self.tree = None;
            let (first, last) = (self.next, sequence - 1);
            let problem = if first == last {
                "the seal is missing".to_owned()
            } else {
                format!("the seals {first} to {last} are missing")
            };
            self.findings.push(acceptable(name(first), problem));
        } else if sequence < self.next {
            self.tree = None;
            let problem = "the seal is at a place that pruning has dropped";
            self.findings.push(acceptable(name(sequence), problem));
        }
    }

    fn note_root(&mut self) {
        if let (Some(tree), Some(checkpoint)) = (&self.tree, self.checkpoint)
            && tree.size() == checkpoint.size
        {
            self.root = Some(tree.root());
        }
    }

    /// Reports what was found, once every seal was added.
    pub(in crate::store) fn finish(mut self, verified: &mut VerifyReport) {
        self.missing_before(self.journal.last + 1);
        self.findings.extend(self.against_checkpoint());
        verified.findings.append(&mut self.findings);
        verified.seals = self.journal.last;
    }

    fn against_checkpoint(&self) -> Option<Finding> {
        let checkpoint = self.checkpoint?;
        let own = Checkpoint::new(&self.journal.log_id, 0, checkpoint.root);
        let dropped = self.journal.dropped();
        let problem = if checkpoint.origin != own.origin {
            format!(
                "the checkpoint is of another log, `{}`: this is `{}`",
                checkpoint.origin, own.origin
            )
        } else if checkpoint.size > self.journal.last {
            format!(
                "the checkpoint is of {} seals, and the log has {}: the log was cut off or replaced by an \
                 older copy",
                checkpoint.size, self.journal.last
            )
        } else if checkpoint.size < dropped {
            format!(
                "the checkpoint is of {} seals, and pruning has dropped the first {dropped}: use a newer \
                 checkpoint",
                checkpoint.size
            )
        } else if self.root == Some(checkpoint.root) {
            return None;
        } else {
            format!(
                "the first {} seals are not those of the checkpoint: one was changed, added or removed",
                checkpoint.size
            )
        };
        Some(finding("the checkpoint", problem))
    }
}

fn name(sequence: u64) -> String {
    format!("seal {sequence}")
}
