//! An entry of the index in a key-value store.

use crate::store::numbers::NUMBERS;
use execlog_derive::KvRecord;
use serde::{Deserialize, Serialize};

/// The execution id of an entry that only keeps its number: its run was removed or never written.
pub(super) const NO_RUN: &str = "";

/// One place in the index, and the run at that place.
///
/// Places start at 1, have no gaps, and their entries do not change once written. So the engine does
/// not have to overwrite a counter, and a few reads find the last place.
///
/// An entry is stored as one text. Native 3.9 writes the entries of all runs at every flush, and a text
/// takes two thirds of the time of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, KvRecord)]
#[serde(into = "String", try_from = "String")]
#[kv(prefix = "execlog-seq", crate = "crate")]
pub(super) struct IndexEntry {
    #[kv(key, ordered)]
    pub(super) sequence: u64,
    /// The number of the run, even if the record lacks one.
    pub(super) id: i64,
    pub(super) started_at: i64,
    /// The latest `started_at` in the block that ends with this entry.
    pub(super) newest_in_block: i64,
    pub(super) execution_id: String,
}

impl From<IndexEntry> for String {
    fn from(entry: IndexEntry) -> Self {
        let IndexEntry {
            sequence,
            id,
            started_at,
            newest_in_block,
            execution_id,
        } = entry;
        format!("{sequence} {id} {started_at} {newest_in_block} {execution_id}")
    }
}

impl TryFrom<String> for IndexEntry {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let read = || {
            let mut parts = text.splitn(5, ' ');
            Some(Self {
                sequence: parts.next()?.parse().ok()?,
                id: parts.next()?.parse().ok()?,
                started_at: parts.next()?.parse().ok()?,
                newest_in_block: parts.next()?.parse().ok()?,
                execution_id: parts.next()?.to_owned(),
            })
        };
        read()
            .filter(|entry| entry.sequence > 0 && NUMBERS.contains(&entry.id))
            .ok_or("not `sequence id started_at newest_in_block execution_id`")
    }
}

impl IndexEntry {
    /// The entries of the block that ends with this entry, in a complete index.
    pub(super) fn block<'a>(&self, index: &'a [&Self]) -> impl Iterator<Item = &'a Self> {
        let end = usize::try_from(self.sequence).unwrap_or(usize::MAX);
        let size = usize::try_from(block_size(self.sequence)).unwrap_or(usize::MAX);
        let block = index.get(end.saturating_sub(size)..end);
        block.unwrap_or_default().iter().copied()
    }

    /// Appends the entry of a run to an index that is built from its first entry.
    pub(super) fn push(index: &mut Vec<Self>, execution_id: &str, id: i64, started_at: i64) {
        let sequence = index.len() as u64 + 1;
        let before_block = sequence - block_size(sequence);
        let block = index.iter().rev();
        let block = block.take_while(|entry| entry.sequence > before_block);
        let newest = block.map(|entry| entry.started_at).max();
        index.push(Self {
            sequence,
            execution_id: execution_id.to_owned(),
            id,
            started_at,
            newest_in_block: newest.map_or(started_at, |newest| newest.max(started_at)),
        });
    }
}

/// The size of the block that ends at `sequence`: the largest power of two that divides `sequence`.
///
/// The blocks form a Fenwick tree: 8 ends a block of eight entries, which consists of entry 8 and of
/// the blocks that end at 4, 6 and 7.
fn block_size(sequence: u64) -> u64 {
    1 << sequence.trailing_zeros()
}

/// The ends of the blocks that cover the entries after `start` up to `end`, last block first.
fn blocks(start: u64, end: u64) -> impl Iterator<Item = u64> {
    let is_after = move |end: &u64| *end > start;
    std::iter::successors(Some(end).filter(is_after), move |end| {
        Some(end - block_size(*end)).filter(is_after)
    })
}

/// The ends of the blocks that cover the first `count` entries.
pub(super) fn forest(count: u64) -> impl Iterator<Item = u64> {
    blocks(0, count)
}

/// The ends of the blocks that make up the block of `sequence`, except `sequence` itself.
pub(super) fn children(sequence: u64) -> impl Iterator<Item = u64> {
    blocks(sequence - block_size(sequence), sequence - 1)
}

#[cfg(test)]
mod tests {
    use super::{children, forest};

    #[test]
    fn blocks_make_up_each_other() {
        let ends = |blocks: &mut dyn Iterator<Item = u64>| blocks.collect::<Vec<_>>();
        assert_eq!(ends(&mut children(8)), [7, 6, 4]);
        assert_eq!(ends(&mut children(12)), [11, 10]);
        assert_eq!(ends(&mut children(7)), [0; 0]);
        assert_eq!(ends(&mut forest(13)), [13, 12, 8]);
        assert_eq!(ends(&mut forest(0)), [0; 0]);
    }
}
