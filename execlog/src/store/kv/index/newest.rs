//! The entries of an index, newest first.

use super::Index;
use crate::error::Result;
use crate::kv::KvStore;
use crate::store::kv::entry::{IndexEntry, children, forest};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// The entries of an index, newest first.
///
/// Always opens the block that can hold the newest remaining entry. So it reads about two entries for
/// each one that it yields, and only as many if runs were logged out of order or the clock was wrong
/// for a while.
/// was wrong for a while.
pub(in crate::store::kv) struct NewestFirst<'a, S> {
    index: &'a Index<S>,
    heap: BinaryHeap<Candidate>,
}

/// A block of entries, or the last entry of one.
struct Candidate {
    newest: i64,
    is_block: bool,
    entry: IndexEntry,
}

impl Candidate {
    /// The best position that any entry of the candidate can have.
    fn place(&self) -> (i64, u64) {
        (self.newest, self.entry.sequence)
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl<'a, S: KvStore> NewestFirst<'a, S> {
    pub(super) fn of(index: &'a Index<S>, count: u64) -> Result<Self> {
        let mut newest_first = Self {
            index,
            heap: BinaryHeap::new(),
        };
        newest_first.add_blocks(forest(count))?;
        Ok(newest_first)
    }

    fn add_blocks(&mut self, ends: impl Iterator<Item = u64>) -> Result<()> {
        for end in ends {
            let entry = self.index.entry(end)?;
            self.heap.push(Candidate {
                newest: entry.newest_in_block,
                is_block: true,
                entry,
            });
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<Option<IndexEntry>> {
        while let Some(Candidate {
            is_block, entry, ..
        }) = self.heap.pop()
        {
            if !is_block {
                return Ok(Some(entry));
            }
            self.add_blocks(children(entry.sequence))?;
            self.heap.push(Candidate {
                newest: entry.started_at,
                is_block: false,
                entry,
            });
        }
        Ok(None)
    }
}

impl<S: KvStore> Iterator for NewestFirst<'_, S> {
    type Item = Result<IndexEntry>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}
